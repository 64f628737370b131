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
}
