package org.letargo.hook.trial;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.letargo.archive.criu.MemoryLayout;
import org.letargo.archive.criu.SavedProcess;

/**
 * Compares some pages of a process with those that were saved: spread evenly over its memory, from
 * a beginning that differs each time.
 */
final class MemorySample {
  static final int PAGE_BYTES = 4096;
  private static final int MOST_PAGES = 8192;
  private static final int MOST_OF_ONE = 64;
  private static final int LEAST_OF_ONE = 4;

  private final Path images;
  private final int pagesOfOne;
  private final ByteBuffer saved = ByteBuffer.allocateDirect(PAGE_BYTES);
  private final ByteBuffer restored = ByteBuffer.allocateDirect(PAGE_BYTES);

  /**
   * @param processes how many share the effort
   */
  MemorySample(Path images, int processes) {
    this.images = images;
    this.pagesOfOne = Math.clamp(MOST_PAGES / Math.max(1, processes), LEAST_OF_ONE, MOST_OF_ONE);
  }

  /** What is not as it was saved, if anything; part of a sentence about the process. */
  Optional<String> difference(SavedProcess process, RestoredProcess there) {
    try {
      MemoryLayout layout;
      try (InputStream pagemap = Files.newInputStream(images.resolve(process.pagemap()))) {
        layout = MemoryLayout.read(pagemap, process.pagemap());
      }
      long pages = layout.sizeBytes() / PAGE_BYTES;
      if (pages == 0) {
        return Optional.empty();
      }
      try (FileChannel image =
              FileChannel.open(images.resolve(layout.pagesFile()), StandardOpenOption.READ);
          FileChannel memory =
              FileChannel.open(there.proc().resolve("mem"), StandardOpenOption.READ)) {
        return difference(process, layout, pages, image, memory);
      }
    } catch (IOException e) {
      return Optional.of("has memory that cannot be read: " + e.getMessage());
    }
  }

  private Optional<String> difference(
      SavedProcess process, MemoryLayout layout, long pages, FileChannel image, FileChannel memory)
      throws IOException {
    long step = Math.max(1, pages / pagesOfOne);
    for (long page = ThreadLocalRandom.current().nextLong(step); page < pages; page += step) {
      long offset = page * PAGE_BYTES;
      long address = layout.address(offset);
      if (process.unstable().stream()
          .anyMatch(area -> area.touches(address, address + PAGE_BYTES))) {
        continue;
      }
      fill(saved, image, offset);
      fill(restored, memory, address);
      if (!saved.equals(restored)) {
        return Optional.of("has other bytes than were saved at " + Long.toHexString(address));
      }
    }
    return Optional.empty();
  }

  private static void fill(ByteBuffer page, FileChannel from, long position) throws IOException {
    page.clear();
    while (page.hasRemaining()) {
      if (from.read(page, position + page.position()) < 0) {
        throw new IOException("it ends at " + Long.toHexString(position + page.position()));
      }
    }
    page.flip();
  }
}
