package org.letargo.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of bytes and files. */
final class FileHash {
  /** Stays in the cache between read and hash: a tenth faster than 1 MiB. */
  static final int BUFFER_BYTES = 128 << 10;

  private FileHash() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Opens a regular file for reading, never through a link. */
  static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** Reads a file to its end and lists it under the given path. */
  static ManifestFile of(Path file, String path) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long sizeBytes = 0;
    try (var channel = open(file)) {
      for (int n; (n = channel.read(ByteBuffer.wrap(buffer))) > 0; sizeBytes += n) {
        digest.update(buffer, 0, n);
      }
    }
    return new ManifestFile(path, sizeBytes, hex(digest));
  }
}
