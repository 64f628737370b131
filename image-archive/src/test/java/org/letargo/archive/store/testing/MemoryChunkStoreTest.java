package org.letargo.archive.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkStoreContract;
import org.letargo.archive.store.Chunks;
import org.letargo.archive.store.StoreFullException;

class MemoryChunkStoreTest extends ChunkStoreContract {
  private static final byte[] ONE = Chunks.random(1, 100);
  private static final byte[] TWO = Chunks.random(2, 100);

  @Override
  protected ChunkStore open() {
    return new MemoryChunkStore();
  }

  @Test
  void losesWhatWasNotFlushed() throws Exception {
    var memory = new MemoryChunkStore();
    var writer = memory.writer();
    ChunkId flushed = writer.put(ByteBuffer.wrap(ONE)).get();
    writer.flush();
    ChunkId lost = writer.put(ByteBuffer.wrap(TWO)).get();

    memory.losePower();

    assertThat(memory.contains(flushed)).isTrue();
    assertThat(memory.contains(lost)).isFalse();
    assertThatThrownBy(() -> writer.put(ByteBuffer.wrap(ONE))).hasMessage("the writer is closed");
  }

  @Test
  void isFullOnDemand() throws Exception {
    var memory = new MemoryChunkStore();
    try (var writer = memory.writer()) {
      ChunkId known = writer.put(ByteBuffer.wrap(ONE)).get();

      memory.refusePuts("no room");

      assertThat(writer.put(ByteBuffer.wrap(ONE)).get()).isEqualTo(known);
      assertThatThrownBy(() -> writer.put(ByteBuffer.wrap(TWO)).get())
          .hasCauseInstanceOf(StoreFullException.class)
          .hasMessageContaining("no room");
      assertThatThrownBy(writer::flush).isInstanceOf(IOException.class).hasMessage("no room");
    }
    memory.acceptPuts();
    try (var writer = memory.writer()) {
      writer.put(ByteBuffer.wrap(TWO)).get();
      writer.flush();
    }
    assertThat(memory.size()).isEqualTo(2);
  }

  @Test
  void losesAndDamagesOnDemand() throws Exception {
    var memory = new MemoryChunkStore();
    ChunkId one;
    ChunkId two;
    try (var writer = memory.writer()) {
      one = writer.put(ByteBuffer.wrap(ONE)).get();
      two = writer.put(ByteBuffer.wrap(TWO)).get();
    }

    memory.lose(one);
    memory.damage(two);

    assertThatThrownBy(() -> Chunks.read(memory, one))
        .isInstanceOfSatisfying(
            ChunkException.class, e -> assertThat(e.kind()).isEqualTo(ChunkException.Kind.MISSING));
    assertThatThrownBy(() -> Chunks.read(memory, two))
        .isInstanceOfSatisfying(
            ChunkException.class, e -> assertThat(e.kind()).isEqualTo(ChunkException.Kind.DAMAGED));
    assertThatThrownBy(() -> memory.damage(one)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noticesAWriterThatWasLeftOpen() {
    var memory = new MemoryChunkStore();
    var writer = memory.writer();

    assertThatThrownBy(memory::checkNoOpenWriters).hasMessage("1 writers were not closed");
    writer.close();
    memory.checkNoOpenWriters();
  }
}
