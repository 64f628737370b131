package org.letargo.hook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageWindows;
import org.letargo.hook.testing.Samples;

class StoredPagesTest {
  private static final String ID = "20260131-235959-0a1b2c3d";
  private static final int PAGE = 4096;
  private static final PageObject INIT = PageObject.process(1);

  @TempDir Path temporary;
  private CheckpointStore store;

  @BeforeEach
  void keepsAProcess() throws IOException {
    store = CheckpointStore.open(new MemoryChunkStore(), temporary.resolve("checkpoints"));
    try (CheckpointWriter writer = store.begin()) {
      byte[] pages = new byte[3 * PAGE];
      for (int i = 0; i < pages.length; i++) {
        pages[i] = (byte) (1 + i / PAGE);
      }
      Path pagemap = temporary.resolve("pagemap-1.img");
      PageWindows.pagemap(pagemap, 4, 0x10000, 1, 0x40000, 2);
      writer.file("checkpoint/pagemap-1.img", Files.readAllBytes(pagemap));
      writer.file("checkpoint/pages-4.img", pages);
      writer.commit(Samples.checkpoint(ID, Samples.stored()));
    }
  }

  private static byte[] read(StoredPages pages, long address, int count) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(count * PAGE);
    pages.read(INIT, address, into);
    assertThat(into.hasRemaining()).isFalse();
    return into.array();
  }

  @Test
  void readsPagesAndRunsByTheirAddress() throws IOException {
    try (StoredCheckpoint checkpoint = store.read(ID)) {
      StoredPages pages = new StoredPages(checkpoint);

      assertThat(read(pages, 0x10000, 1)).containsOnly(1);
      assertThat(read(pages, 0x41000, 1)).containsOnly(3);
      byte[] both = read(pages, 0x40000, 2);
      assertThat(List.of(both[0], both[PAGE - 1], both[PAGE], both[2 * PAGE - 1]))
          .containsExactly((byte) 2, (byte) 2, (byte) 3, (byte) 3);
    }
  }

  @Test
  void refusesWhatTheCheckpointHasNot() throws IOException {
    try (StoredCheckpoint checkpoint = store.read(ID)) {
      StoredPages pages = new StoredPages(checkpoint);

      assertThatThrownBy(() -> read(pages, 0x42000, 1)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> read(pages, 0x10000, 2)).isInstanceOf(IOException.class);
      assertThatThrownBy(
              () -> pages.read(PageObject.process(2), 0x10000, ByteBuffer.allocate(PAGE)))
          .isInstanceOf(NoSuchFileException.class);
    }
  }
}
