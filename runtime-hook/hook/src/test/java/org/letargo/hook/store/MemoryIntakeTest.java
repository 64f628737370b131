package org.letargo.hook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;
import org.letargo.hook.pages.PageBuffers;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageWindows;
import org.letargo.hook.testing.Samples;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MemoryIntakeTest {
  private static final String ID = "20260131-235959-0a1b2c3d";
  private static final int PAGE_BYTES = 4096;

  @TempDir Path temporary;

  /** Each has a window that is not full: none may keep another waiting. */
  @Test
  void takesMoreObjectsThanItHasBuffers() throws IOException {
    MemoryChunkStore chunks = new MemoryChunkStore();
    CheckpointStore store = CheckpointStore.open(chunks, temporary.resolve("checkpoints"));
    int objects = 500;
    try (CheckpointWriter writer = store.begin();
        PageBuffers buffers = new PageBuffers(8 << 20);
        MemoryIntake intake = new MemoryIntake(writer)) {
      for (int i = 1; i <= objects; i++) {
        intake.begin(PageObject.process(i), i);
        intake.window(0x7000_0000L, PageWindows.of(buffers, page(i)));
        intake.end();
      }
      intake.finish();
      intake.await();
      writer.commit(Samples.checkpoint(ID, Samples.stored()));
    }

    try (StoredCheckpoint checkpoint = store.read(ID)) {
      assertThat(checkpoint.manifest().files()).hasSize(objects);
      ByteBuffer read = ByteBuffer.allocate(PAGE_BYTES);
      checkpoint.file("checkpoint/pages-77.img").read(0, read);
      assertThat(read.array()).isEqualTo(page(77));
    }
  }

  @Test
  void saysThatTheStoreIsFullToWhoeverBringsMore() throws IOException {
    MemoryChunkStore chunks = new MemoryChunkStore();
    chunks.refusePuts("the disk is full");
    CheckpointStore store = CheckpointStore.open(chunks, temporary.resolve("checkpoints"));
    try (CheckpointWriter writer = store.begin();
        PageBuffers buffers = new PageBuffers(8 << 20);
        MemoryIntake intake = new MemoryIntake(writer)) {
      intake.begin(PageObject.process(1), 1);
      intake.window(0x7000_0000L, PageWindows.of(buffers, page(1)));
      intake.end();

      assertThatThrownBy(
              () -> {
                intake.finish();
                intake.await();
              })
          .isInstanceOf(IOException.class);
      assertThat(intake.failure()).isPresent();
    }
  }

  private static byte[] page(int seed) {
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 0; i < page.length; i++) {
      page[i] = (byte) (i * 31 + seed);
    }
    return page;
  }
}
