package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.durable.DurableFiles;

class HotPagesTest {
  @TempDir Path folder;

  @Test
  void isKeptInAFile() {
    HotPages pages =
        new HotPages(
            Map.of(
                1L, new TreeSet<>(List.of(0x7fff_0000_1000L, 0x1000L)),
                77L, new TreeSet<>(List.of(0x2000L))));

    DurableFiles.writeJson(folder.resolve("hot"), pages);

    assertThat(DurableFiles.readJson(folder.resolve("hot"), HotPages.class)).contains(pages);
  }

  @Test
  void areInFewPlaces() {
    HotPages.Recorder recorder = new HotPages.Recorder();
    for (long place = 0; place < 2 * HotPages.MAX_PLACES; place++) {
      recorder.add(1, place << 16);
    }
    recorder.add(1, 0x1000);
    recorder.add(2, 0x1000);

    HotPages pages = recorder.pages();

    assertThat(pages.size()).isEqualTo(HotPages.MAX_PLACES + 1);
    assertThat(pages.of(1)).contains(0L, 0x1000L);
    assertThat(pages.of(2)).isEmpty();
  }

  @Test
  void areNotMoreThanMayBe() {
    HotPages.Recorder recorder = new HotPages.Recorder();
    for (long page = 0; page < 2 * HotPages.MAX_PAGES; page++) {
      recorder.add(1, page << 12);
    }

    assertThat(recorder.pages().size()).isEqualTo(HotPages.MAX_PAGES);
  }
}
