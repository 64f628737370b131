package org.letargo.hook.trial;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.letargo.archive.criu.MemoryLayout;
import org.letargo.archive.criu.SavedProcess;
import org.letargo.archive.criu.SavedProcess.SharedArea;

/**
 * Compares some pages of a process with those that were saved: spread evenly over its memory, from
 * a beginning that differs each time. Of memory that several share each view is looked at.
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
    try (FileChannel memory =
        FileChannel.open(there.proc().resolve("mem"), StandardOpenOption.READ)) {
      Optional<String> difference =
          compare(process.pagemap(), memory, pagesOfOne, address -> placeOf(process, address));
      for (SharedArea shared : process.shared()) {
        if (difference.isEmpty() && Files.exists(images.resolve(shared.pagemap()))) {
          difference =
              compare(shared.pagemap(), memory, LEAST_OF_ONE, offset -> placeOf(shared, offset));
        }
      }
      return difference;
    } catch (IOException e) {
      return Optional.of("has memory that cannot be read: " + e.getMessage());
    }
  }

  /** Nowhere if the kernel writes there. */
  private static OptionalLong placeOf(SavedProcess process, long address) {
    return process.unstable().stream().anyMatch(area -> area.touches(address, address + PAGE_BYTES))
        ? OptionalLong.empty()
        : OptionalLong.of(address);
  }

  /** Nowhere if this view does not show it. */
  private static OptionalLong placeOf(SharedArea shared, long offset) {
    long from = offset - shared.offset();
    return from < 0 || from >= shared.area().end() - shared.area().start()
        ? OptionalLong.empty()
        : OptionalLong.of(shared.area().start() + from);
  }

  /**
   * Compares pages of one pages image.
   *
   * @param most how many
   * @param place where in the memory of the process a page is that the pagemap has at this address
   */
  private Optional<String> compare(
      String pagemap, FileChannel memory, int most, LongFunction<OptionalLong> place)
      throws IOException {
    MemoryLayout layout;
    try (InputStream in = Files.newInputStream(images.resolve(pagemap))) {
      layout = MemoryLayout.read(in, pagemap);
    }
    long pages = layout.sizeBytes() / PAGE_BYTES;
    if (pages == 0) {
      return Optional.empty();
    }
    try (FileChannel image =
        FileChannel.open(images.resolve(layout.pagesFile()), StandardOpenOption.READ)) {
      long step = Math.max(1, pages / most);
      for (long page = ThreadLocalRandom.current().nextLong(step); page < pages; page += step) {
        long offset = page * PAGE_BYTES;
        OptionalLong address = place.apply(layout.address(offset));
        if (address.isEmpty()) {
          continue;
        }
        fill(saved, image, offset);
        fill(restored, memory, address.getAsLong());
        if (!saved.equals(restored)) {
          return Optional.of(
              "has other bytes than were saved at " + Long.toHexString(address.getAsLong()));
        }
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
