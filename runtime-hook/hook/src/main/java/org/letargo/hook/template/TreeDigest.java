package org.letargo.hook.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hash of a template: SHA-256 over its entries in the order of their names, each with mode,
 * owner and contents. Times do not count, so a template carried as a tar keeps its hash.
 */
final class TreeDigest {
  private static final int BUFFER_BYTES = 1 << 16;

  private TreeDigest() {}

  static TemplateInfo.Contents of(Path top) throws IOException {
    Map<String, Path> entries = new TreeMap<>();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            entries.put(top.relativize(folder).toString(), folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            entries.put(top.relativize(file).toString(), file);
            return FileVisitResult.CONTINUE;
          }
        });
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    long sizeBytes = 0;
    for (Map.Entry<String, Path> entry : entries.entrySet()) {
      Path path = entry.getValue();
      Map<String, Object> attributes =
          Files.readAttributes(
              path, "unix:mode,uid,gid,size,rdev", java.nio.file.LinkOption.NOFOLLOW_LINKS);
      int mode = (int) attributes.get("mode");
      digest.update(
          "%s\0%o\0%s\0%s\0"
              .formatted(entry.getKey(), mode, attributes.get("uid"), attributes.get("gid"))
              .getBytes(StandardCharsets.UTF_8));
      switch (mode & 0170000) {
        case 0100000 -> {
          sizeBytes += (long) attributes.get("size");
          digest.update(((long) attributes.get("size") + "\0").getBytes(StandardCharsets.UTF_8));
          try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
              digest.update(buffer, 0, n);
            }
          }
        }
        case 0120000 ->
            digest.update(Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8));
        case 0020000, 0060000 ->
            digest.update(String.valueOf(attributes.get("rdev")).getBytes(StandardCharsets.UTF_8));
        default -> {
          // folders, fifos and sockets have no more than was said
        }
      }
    }
    return new TemplateInfo.Contents(
        "sha256:" + HexFormat.of().formatHex(digest.digest()), sizeBytes);
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
