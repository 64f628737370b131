package org.letargo.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** The bytes of a path as the kernel wants them: absolute, NUL at the end. */
final class NativePath {
  private NativePath() {}

  /**
   * Exact also where a name is no valid UTF-8, or where the JVM runs in another locale: such names
   * come out of {@link Path#toString} damaged, but a path keeps its bytes and spells them in its
   * URI.
   */
  static byte[] of(Path path) {
    Path absolute = path.toAbsolutePath();
    String text = absolute.toString();
    if (text.chars().allMatch(character -> character > 0 && character < 0x80)) {
      return string(text);
    }
    return decoded(absolute.toUri().getRawPath());
  }

  /** A name or an option that is no path. */
  static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  private static byte[] decoded(String percentEncoded) {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < percentEncoded.length(); i++) {
      char character = percentEncoded.charAt(i);
      if (character == '%') {
        bytes.write(Integer.parseInt(percentEncoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(character);
      }
    }
    byte[] path = bytes.toByteArray();
    int length = path.length;
    // a URI of a directory ends in a slash, which would make the kernel follow a symbolic link
    if (length > 1 && path[length - 1] == '/') {
      length--;
    }
    byte[] terminated = new byte[length + 1];
    System.arraycopy(path, 0, terminated, 0, length);
    return terminated;
  }
}
