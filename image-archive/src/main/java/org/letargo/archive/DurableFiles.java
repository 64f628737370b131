package org.letargo.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/** Files that are there, whole, after a power cut. Memory images hold secrets, so all are 0600. */
public final class DurableFiles {
  /** 0600, for a file that is made. */
  public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** 0700, for a directory that is made. */
  public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final String TEMPORARY = ".tmp";

  private DurableFiles() {}

  /** A new file, 0600; fails if anything of that name is there, a dangling link included. */
  public static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        PRIVATE_FILE);
  }

  /** Puts a small file in place at once and for good: temporary name, fsync, rename, fsync. */
  public static void replace(Path file, ByteBuffer content) throws IOException {
    Path temporary = temporaryOf(file);
    Files.deleteIfExists(temporary); // left over when a writer died
    try (var channel = create(temporary)) {
      writeFully(channel, content);
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(file.getParent());
  }

  /** Where {@link #replace} writes before it renames. */
  public static Path temporaryOf(Path file) {
    return file.resolveSibling(file.getFileName() + TEMPORARY);
  }

  /** Writes from position to limit. */
  public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes names in a directory durable. */
  public static void syncDirectory(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes all that is in a directory, following no links; the directory stays. */
  static void empty(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      for (Path child : (Iterable<Path>) children::iterator) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          empty(child);
        }
        Files.delete(child);
      }
    }
  }
}
