package org.letargo.archive.store.pack;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.letargo.archive.DurableFiles;

/**
 * Makes the file of an {@link IndexTable}: zeros, written in full before it is mapped, since a page
 * of a mapped file for which the disk has no room would kill whoever touches it.
 */
final class IndexFile {
  private IndexFile() {}

  private static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  static MemorySegment create(Path file, long bytes, Arena arena) throws IOException {
    Path temporary = temporary(file);
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            DurableFiles.PRIVATE_FILE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 16);
      for (long left = bytes; left > 0; left -= zeros.limit()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), left));
        DurableFiles.writeFully(channel, zeros.duplicate());
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  /** Removes what {@link #create} may have left. */
  static void remove(Path file) throws IOException {
    Files.deleteIfExists(temporary(file));
    Files.deleteIfExists(file);
  }
}
