package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryShapeTest {
  private static final int PAGE = PageRun.PAGE_BYTES;
  private static final int COMMON_MAGIC = 0x54564319;
  private static final int PSTREE_MAGIC = 0x50273030;

  @TempDir Path folder;

  private void pagemap(PageObject object, PageRun... runs) throws IOException {
    try (PagemapWriter writer =
        new PagemapWriter(folder.resolve(object.pagemapName()), PageProtocol.SINCE_4_2, 1)) {
      for (PageRun run : runs) {
        writer.write(run);
      }
    }
  }

  /** A tree of processes, each given as pid and parent; both below 128. */
  private void tree(int... pidsAndParents) throws IOException {
    ByteBuffer image = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(COMMON_MAGIC).putInt(PSTREE_MAGIC);
    for (int i = 0; i < pidsAndParents.length; i += 2) {
      byte pid = (byte) pidsAndParents[i];
      byte[] message = {8, pid, 16, (byte) pidsAndParents[i + 1], 24, pid, 32, pid, 40, pid};
      image.putInt(message.length).put(message);
    }
    Files.write(
        folder.resolve("pstree.img"), java.util.Arrays.copyOf(image.array(), image.position()));
  }

  private static PageRun lazy(long address, long pages) {
    return new PageRun(address, pages, true, true);
  }

  private static PageRun other(long address, long pages) {
    return new PageRun(address, pages, false, true);
  }

  @Test
  void tellsWhatMayComeLaterFromWhatMayNot() throws IOException {
    tree(1, 0);
    pagemap(PageObject.process(1), lazy(0x10000, 3), other(0x20000, 2), lazy(0x30000, 4));
    pagemap(PageObject.sharedMemory(1), other(0, 5));

    assertThat(MemoryShape.read(folder)).isEqualTo(new MemoryShape(7 * PAGE, 7 * PAGE, 0));
  }

  @Test
  void seesWhatAForkHasLeftInCommon() throws IOException {
    tree(1, 0, 2, 1, 3, 2, 4, 1);
    pagemap(PageObject.process(1), lazy(0x10000, 8), lazy(0x40000, 2));
    pagemap(PageObject.process(2), lazy(0xf000, 3), lazy(0x16000, 1), lazy(0x17000, 4));
    pagemap(PageObject.process(3), lazy(0x17000, 1), lazy(0x40000, 2)); // not its parent's
    // 4 has no memory of its own any more

    assertThat(MemoryShape.read(folder).commonBytes()).isEqualTo((2 + 1 + 1 + 1) * PAGE);
  }

  @Test
  void countsNothingInCommonThatCannotComeLater() throws IOException {
    tree(1, 0, 2, 1);
    pagemap(PageObject.process(1), other(0x10000, 8));
    pagemap(PageObject.process(2), other(0x10000, 8));

    assertThat(MemoryShape.read(folder)).isEqualTo(new MemoryShape(0, 16 * PAGE, 0));
  }

  @Test
  void refusesWhatIsNoPagemap() throws IOException {
    tree(1, 0);
    Files.writeString(folder.resolve("pagemap-1.img"), "no pagemap");

    assertThatThrownBy(() -> MemoryShape.read(folder)).isInstanceOf(IOException.class);
  }
}
