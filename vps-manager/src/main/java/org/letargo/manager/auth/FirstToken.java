package org.letargo.manager.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.letargo.hook.protocol.VpsException;

/** Makes the first token, so that somebody gets in, and leaves its text where root finds it. */
public final class FirstToken {
  private static final TokenName ADMIN = new TokenName("admin");

  private FirstToken() {}

  /**
   * Makes the token {@code admin} and writes its text to the file (mode 0600, with its line end) if
   * there is no token at all. The file is complete before the token is known, so a manager that
   * dies in between makes another one when it starts again.
   *
   * @return whether it was made
   * @throws VpsException INTERNAL if the file cannot be written
   */
  public static boolean makeIfNone(Tokens tokens, Path file) {
    if (!tokens.list().isEmpty()) {
      return false;
    }
    tokens.create(
        ADMIN,
        Role.ADMIN,
        text -> {
          try {
            write(file, text + "\n");
          } catch (IOException e) {
            throw VpsException.internal("cannot write the first token to '" + file + "'", e);
          }
        });
    return true;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try (FileChannel out =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel dir = FileChannel.open(file.toAbsolutePath().getParent())) {
      dir.force(true);
    }
  }
}
