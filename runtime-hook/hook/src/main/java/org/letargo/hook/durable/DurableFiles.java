package org.letargo.hook.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.letargo.archive.store.StoreFullException;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;

/**
 * Files that are whole or not there, whatever dies: temporary file, fsync, rename, fsync of the
 * folder.
 */
public final class DurableFiles {
  private DurableFiles() {}

  /** Writes a value as JSON, mode 0600, durably; an old one is replaced as a whole. */
  public static void writeJson(Path file, Object value) {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".new");
    try {
      try {
        write(temporary, Json.MAPPER.writeValueAsBytes(value));
      } catch (IOException e) {
        Files.deleteIfExists(temporary); // a full disk needs the room
        throw e;
      }
      rename(temporary, file);
    } catch (IOException e) {
      throw failed("cannot write " + file, e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file); // of a hook that died; its mode may be another
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** The value in a file; empty if there is no file. */
  public static <T> Optional<T> readJson(Path file, Class<T> type) {
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(file), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("cannot read " + file, e);
    }
  }

  /** Renames durably, replacing a file or an empty folder. */
  public static void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      syncFolder(to.getParent());
      if (!from.getParent().equals(to.getParent())) {
        syncFolder(from.getParent());
      }
    } catch (IOException e) {
      throw failed("cannot rename " + from + " to " + to, e);
    }
  }

  /** Removes a file durably; one that is not there is fine. */
  public static void delete(Path file) {
    try {
      if (Files.deleteIfExists(file)) {
        syncFolder(file.getParent());
      }
    } catch (IOException e) {
      throw failed("cannot remove " + file, e);
    }
  }

  /** Makes a folder of this mode, such as {@code rwx--x--x}, if it is not there. */
  public static Path folder(Path folder, String mode) {
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
      return folder;
    } catch (IOException e) {
      throw failed("cannot make folder " + folder, e);
    }
  }

  /**
   * Removes a folder with all below it, following no link. Nothing below it may be a mount that
   * must stay. One that is not there is fine.
   */
  public static void deleteTree(Path top) {
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // gone already, which is what we want
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e)
                throws IOException {
              if (e != null) {
                throw e;
              }
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw failed("cannot remove " + top, e);
    }
  }

  /** fsync of a folder: what was made or renamed in it survives a power cut. */
  public static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What an I/O error means to a person: no space, or a fault. */
  public static VpsException failed(String what, IOException e) {
    String why = String.valueOf(e.getMessage());
    if (e instanceof StoreFullException) {
      why = "no space left for the store: " + why.replaceFirst("\\.+$", "");
    }
    if (why.contains("o space left") || why.contains("Disk quota exceeded")) {
      return new VpsException(
          Code.NO_SPACE, what, why, "Free space on that disk, then try again.", e);
    }
    return new VpsException(Code.INTERNAL, what, why, "See the hook's log.", e);
  }
}
