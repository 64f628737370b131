package org.letargo.archive.disk;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * File names as the bytes that the kernel knows, whatever the JVM's locale. The JDK keeps those
 * bytes inside its paths, but {@code toString} loses what the locale cannot express; only URIs show
 * them all.
 */
public final class RawPaths {
  private static final HexFormat HEX = HexFormat.of();

  /** Nothing can be beneath it: {@code Path.toUri} asks whether a path is a directory. */
  private static final String NOWHERE = "/dev/null";

  private RawPaths() {}

  /** The absolute path as the kernel wants it, without a zero at the end. */
  public static byte[] bytes(Path path) {
    Path absolute = path.toAbsolutePath();
    String text = absolute.toString();
    if (isPlain(text)) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    byte[] raw = decode(Path.of(NOWHERE).resolve(Path.of("/").relativize(absolute)));
    return Arrays.copyOfRange(raw, NOWHERE.length(), raw.length);
  }

  /** The last name of a path, one character per byte. */
  static String name(Path path) {
    Path name = path.getFileName();
    String text = name.toString();
    if (isPlain(text)) {
      return text;
    }
    byte[] raw = decode(Path.of(NOWHERE).resolve(name));
    return new String(
        raw, NOWHERE.length() + 1, raw.length - NOWHERE.length() - 1, StandardCharsets.ISO_8859_1);
  }

  /** The path of a name, one character per byte, in a directory. */
  static Path resolve(Path directory, String rawName) {
    if (isPlain(rawName)) {
      return directory.resolve(rawName);
    }
    var uri = new StringBuilder("file:///");
    for (byte b : rawName.getBytes(StandardCharsets.ISO_8859_1)) {
      uri.append('%').append(HEX.toHexDigits(b));
    }
    return directory.resolve(Path.of(URI.create(uri.toString())).getFileName());
  }

  /** A raw path beneath a directory, name by name. */
  public static Path resolveAll(Path directory, String rawPath) {
    Path path = directory;
    for (String name : rawPath.split("/")) {
      path = resolve(path, name);
    }
    return path;
  }

  /** A raw string as people read it: as UTF-8, as far as it is. */
  static String shown(String raw) {
    return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static byte[] decode(Path path) {
    String text = path.toUri().getRawPath();
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  /** ASCII is the same in every locale that a JVM runs in. */
  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c > 0 && c < 0x7f);
  }
}
