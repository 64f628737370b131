package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LazyImagesTest {
  private static final PageProtocol PROTOCOL = PageProtocol.SINCE_4_2;
  private static final int PAGE = PageRun.PAGE_BYTES;
  private static final long GIBIBYTE = 1L << 30;

  /** Every page holds its object's number and its own address. */
  private static final PageSource SOURCE =
      (object, address, into) -> {
        for (long at = address; into.hasRemaining(); at += Long.BYTES) {
          into.putLong(at % PAGE == 0 ? object.number() : at & -PAGE);
        }
      };

  @TempDir Path folder;

  private void pagemap(PageObject object, int pagesId, PageRun... runs) throws IOException {
    try (PagemapWriter writer =
        new PagemapWriter(folder.resolve(object.pagemapName()), PROTOCOL, pagesId)) {
      for (PageRun run : runs) {
        writer.write(run);
      }
    }
  }

  private static PageRun present(long address, long pages) {
    return new PageRun(address, pages, false, true);
  }

  private static PageRun lazy(long address, long pages) {
    return new PageRun(address, pages, true, false);
  }

  private static PageRun both(long address, long pages) {
    return new PageRun(address, pages, true, true);
  }

  private void expectContent(int pagesId, long number, long... addresses) throws IOException {
    ByteBuffer content =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("pages-" + pagesId + ".img")));
    assertThat(content.remaining()).isEqualTo(addresses.length * PAGE);
    for (int i = 0; i < addresses.length; i++) {
      assertThat(content.getLong(i * PAGE)).isEqualTo(number);
      assertThat(content.getLong(i * PAGE + PAGE - Long.BYTES)).isEqualTo(addresses[i]);
    }
  }

  @Test
  void keepsBackWhatMayComeLater() throws IOException {
    pagemap(PageObject.process(5), 1, present(0x1000, 2), both(0x5000, 3), present(0x9000, 1));
    pagemap(PageObject.sharedMemory(5), 2, present(0, 2));
    pagemap(PageObject.process(6), 3, both(0x5000, 3));

    LazyImages.Made made = LazyImages.make(folder, SOURCE, HotPages.NONE, PROTOCOL);

    assertThat(made).isEqualTo(new LazyImages.Made(6, 5));
    assertThat(Pagemap.read(folder.resolve("pagemap-5.img")).runs())
        .containsExactly(present(0x1000, 2), lazy(0x5000, 3), present(0x9000, 1));
    expectContent(1, 5, 0x1000, 0x2000, 0x9000);
    assertThat(Pagemap.read(folder.resolve("pagemap-shmem-5.img")))
        .isEqualTo(new Pagemap(2, List.of(present(0, 2))));
    expectContent(2, 5, 0, 0x1000);
    assertThat(Pagemap.read(folder.resolve("pagemap-6.img")).runs())
        .containsExactly(lazy(0x5000, 3));
    expectContent(3, 6); // the engine wants the file all the same
  }

  @Test
  void hasHotPagesThereAtOnce() throws IOException {
    pagemap(PageObject.process(5), 1, both(0x10000, 16), both(0x40000, 2));
    pagemap(PageObject.process(6), 2, both(0x10000, 16));
    HotPages hot =
        new HotPages(
            Map.of(5L, new TreeSet<>(List.of(0x10000L, 0x14000L, 0x15000L, 0x41000L, 0x90000L))));

    LazyImages.Made made = LazyImages.make(folder, SOURCE, hot, PROTOCOL);

    assertThat(made).isEqualTo(new LazyImages.Made(13 + 1 + 16, 4));
    assertThat(Pagemap.read(folder.resolve("pagemap-5.img")).runs())
        .containsExactly(
            present(0x10000, 1),
            lazy(0x11000, 3),
            present(0x14000, 2),
            lazy(0x16000, 10),
            lazy(0x40000, 1),
            present(0x41000, 1));
    expectContent(1, 5, 0x10000, 0x14000, 0x15000, 0x41000);
  }

  /** The engine cannot take a lazy run of 2 GiB. */
  @Test
  void cutsLongLazyRuns() throws IOException {
    pagemap(PageObject.process(5), 1, both(0x10000, (5 * GIBIBYTE / 2) / PAGE));

    LazyImages.make(folder, SOURCE, HotPages.NONE, PROTOCOL);

    assertThat(Pagemap.read(folder.resolve("pagemap-5.img")).runs())
        .containsExactly(
            lazy(0x10000, GIBIBYTE / PAGE),
            lazy(0x10000 + GIBIBYTE, GIBIBYTE / PAGE),
            lazy(0x10000 + 2 * GIBIBYTE, GIBIBYTE / 2 / PAGE));
  }

  @Test
  void failsWithTheSource() throws IOException {
    pagemap(PageObject.process(5), 1, present(0x1000, 2));

    assertThatThrownBy(() ->
            LazyImages.make(
                folder,
                (_, _, _) -> {
                  throw new IOException("a chunk is missing");
                },
                HotPages.NONE,
                PROTOCOL))
        .hasMessage("a chunk is missing");
  }

  @Test
  void refusesAPagemapOfNothing() throws IOException {
    Files.createFile(folder.resolve("pagemap-07.img"));

    assertThatThrownBy(() -> LazyImages.make(folder, SOURCE, HotPages.NONE, PROTOCOL))
        .hasMessageContaining("has a name that the engine does not give");
  }
}
