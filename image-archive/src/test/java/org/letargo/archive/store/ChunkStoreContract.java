package org.letargo.archive.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ChunkStore} does, the fake and the one on a disk alike. */
public abstract class ChunkStoreContract {
  private static final ChunkStore.LiveChunks NOTHING = keep -> {};

  /** The one under test, empty. */
  protected ChunkStore store;

  /** A new, empty store; closed after the test. */
  protected abstract ChunkStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 4096, 65_535, 65_536, 262_144, ChunkStore.MAX_CHUNK_BYTES})
  void givesBackWhatWasPut(int length) throws Exception {
    List<byte[]> contents =
        List.of(new byte[length], Chunks.random(length, length), Chunks.half(length, length));

    List<ChunkId> ids = new ArrayList<>();
    try (ChunkWriter writer = store.writer()) {
      for (byte[] content : contents) {
        ids.add(put(writer, content));
      }
      writer.flush();
    }

    for (int i = 0; i < contents.size(); i++) {
      assertThat(store.contains(ids.get(i))).isTrue();
      assertThat(Chunks.read(store, ids.get(i))).isEqualTo(contents.get(i));
    }
  }

  @Test
  void canBeReadAsSoonAsItIsPut() throws Exception {
    byte[] content = Chunks.half(1, 10_000);
    try (ChunkWriter writer = store.writer()) {
      ChunkId id = put(writer, content);

      assertThat(Chunks.read(store, id)).isEqualTo(content);
    }
  }

  @Test
  void keepsEachContentOnce() throws Exception {
    byte[] content = Chunks.random(1, 5_000);
    try (ChunkWriter first = store.writer();
        ChunkWriter second = store.writer()) {
      ChunkId id = put(first, content);

      assertThat(put(first, content)).isEqualTo(id);
      assertThat(put(second, content)).isEqualTo(id);
      assertThat(put(second, Chunks.random(2, 5_000))).isNotEqualTo(id);
      assertThat(first.written().chunks()).isEqualTo(2);
      assertThat(first.written().bytes()).isEqualTo(10_000);
      assertThat(first.written().newChunks()).isEqualTo(1);
      assertThat(first.written().storedBytes()).isPositive();
      assertThat(second.written().newChunks()).isEqualTo(1);
    }
  }

  @Test
  void countsNothingForAChunkThatWasThere() throws Exception {
    byte[] content = Chunks.half(1, 5_000);
    stored(content);

    try (ChunkWriter writer = store.writer()) {
      put(writer, content);

      assertThat(writer.written()).isEqualTo(new ChunkWriter.Written(1, 5_000, 0, 0));
    }
  }

  @Test
  void takesBuffersOfEveryKindFromPositionToLimit() throws Exception {
    byte[] content = Chunks.random(1, 3_000);
    byte[] framed = new byte[5_000];
    System.arraycopy(content, 0, framed, 700, content.length);
    ByteBuffer heap = ByteBuffer.wrap(framed);
    ByteBuffer direct = ByteBuffer.allocateDirect(framed.length).put(framed);
    try (ChunkWriter writer = store.writer()) {
      ChunkId id = put(writer, content);

      for (ByteBuffer whole : List.of(heap, direct, heap.asReadOnlyBuffer())) {
        ByteBuffer framing = whole.position(700).limit(3_700);
        assertThat(writer.put(framing).get()).isEqualTo(id);
        assertThat(writer.put(framing.slice()).get()).isEqualTo(id);
        assertThat(framing.position()).isEqualTo(700);
        assertThat(framing.limit()).isEqualTo(3_700);
      }
    }
  }

  @Test
  void readsIntoBuffersOfEveryKind() throws Exception {
    byte[] content = Chunks.half(1, 3_000);
    ChunkId id = stored(content);

    for (ByteBuffer whole : List.of(ByteBuffer.allocate(9_000), ByteBuffer.allocateDirect(9_000))) {
      ByteBuffer into = whole.position(100).slice().position(50).limit(5_000);
      assertThat(store.read(id, into)).isEqualTo(3_000);
      assertThat(into.position()).isEqualTo(3_050);
      assertThat(into.limit()).isEqualTo(5_000);
      byte[] read = new byte[3_000];
      into.get(50, read);
      assertThat(read).isEqualTo(content);
    }
  }

  @Test
  void refusesABufferWithoutRoom() throws Exception {
    ChunkId id = stored(Chunks.half(1, 3_000));
    ByteBuffer small = ByteBuffer.allocate(4_000).position(1_001);
    ByteBuffer exact = ByteBuffer.allocate(4_000).position(1_000);

    assertThatThrownBy(() -> store.read(id, small)).isInstanceOf(BufferOverflowException.class);
    assertThat(small.position()).isEqualTo(1_001);
    assertThatThrownBy(() -> store.read(id, ByteBuffer.allocate(9_000).asReadOnlyBuffer()))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThat(store.read(id, exact)).isEqualTo(3_000);
  }

  @Test
  void refusesContentsOfNoAndOfTooManyBytes() {
    try (ChunkWriter writer = store.writer()) {
      assertThatThrownBy(() -> writer.put(ByteBuffer.allocate(0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a chunk has 1 to 1048576 bytes, not 0");
      assertThatThrownBy(() -> writer.put(ByteBuffer.allocate((1 << 20) + 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a chunk has 1 to 1048576 bytes, not 1048577");
    }
  }

  @Test
  void namesTheChunkThatItDoesNotHave() throws Exception {
    ChunkId unknown = ChunkId.of(Chunks.random(1, ChunkId.BYTES));
    ByteBuffer into = ByteBuffer.allocate(100);

    assertThat(store.contains(unknown)).isFalse();
    try (ChunkWriter writer = store.writer()) {
      assertThat(writer.retain(unknown)).isFalse();
    }
    assertThatThrownBy(() -> store.read(unknown, into))
        .hasMessageContaining(unknown.toString())
        .isInstanceOfSatisfying(
            ChunkException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ChunkException.Kind.MISSING);
              assertThat(e.id()).isEqualTo(unknown);
            });
    assertThat(into.position()).isZero();
  }

  @Test
  void collectsWhatIsNotLive() throws Exception {
    ChunkId dead = stored(Chunks.random(1, 50_000));
    ChunkId deadToo = stored(Chunks.random(2, 50_000));
    ChunkId unknown = ChunkId.of(Chunks.random(3, ChunkId.BYTES));

    ChunkStore.Collected collected = store.collect(keep -> keep.accept(unknown));

    assertThat(collected.chunks()).isEqualTo(2);
    assertThat(collected.storedBytes()).isGreaterThanOrEqualTo(100_000);
    assertThat(store.contains(dead)).isFalse();
    assertThat(store.contains(deadToo)).isFalse();
    assertThatThrownBy(() -> Chunks.read(store, dead)).isInstanceOf(ChunkException.class);
  }

  @Test
  void keepsWhatIsLive() throws Exception {
    byte[] content = Chunks.half(1, 70_000);
    ChunkId live = stored(content);
    for (int seed = 2; seed < 40; seed++) {
      stored(Chunks.random(seed, 50_000));
    }

    ChunkStore.Collected collected =
        store.collect(keep -> {
          keep.accept(live);
          keep.accept(live);
        });

    assertThat(collected.chunks()).isEqualTo(38);
    assertThat(Chunks.read(store, live)).isEqualTo(content);
    assertThat(store.collect(keep -> keep.accept(live))).isEqualTo(new ChunkStore.Collected(0, 0));
  }

  @Test
  void canStoreAgainWhatWasCollected() throws Exception {
    byte[] content = Chunks.half(1, 70_000);
    ChunkId id = stored(content);
    store.collect(NOTHING);

    try (ChunkWriter writer = store.writer()) {
      assertThat(put(writer, content)).isEqualTo(id);
      assertThat(writer.written().newChunks()).isEqualTo(1);
      writer.flush();
    }

    assertThat(Chunks.read(store, id)).isEqualTo(content);
  }

  @Test
  void keepsWhatAnOpenWriterHasPutFoundOrRetained() throws Exception {
    byte[] found = Chunks.random(1, 20_000);
    ChunkId foundId = stored(found);
    ChunkId retainedId = stored(Chunks.random(2, 20_000));
    ChunkId putId;
    try (ChunkWriter writer = store.writer()) {
      putId = put(writer, Chunks.random(3, 20_000));
      put(writer, found);
      assertThat(writer.retain(retainedId)).isTrue();

      store.collect(NOTHING);

      assertThat(List.of(foundId, retainedId, putId)).allMatch(store::contains);
      assertThat(Chunks.read(store, foundId)).isEqualTo(found);
      writer.flush();
    }
    store.collect(NOTHING);
    assertThat(List.of(foundId, retainedId, putId)).noneMatch(store::contains);
  }

  @Test
  void keepsWhatAWriterHeldThatClosedMeanwhile() throws Exception {
    byte[] content = Chunks.random(1, 20_000);
    ChunkWriter writer = store.writer();
    ChunkId id = put(writer, content);

    store.collect(keep -> writer.close());

    assertThat(Chunks.read(store, id)).isEqualTo(content);
  }

  @Test
  void keepsWhatCameMeanwhile() throws Exception {
    byte[] content = Chunks.random(1, 20_000);
    byte[] known = Chunks.random(2, 20_000);
    ChunkId knownId = stored(known);
    List<ChunkId> ids = new ArrayList<>();

    store.collect(keep -> ids.addAll(List.of(stored(content), stored(known))));

    assertThat(ids.getLast()).isEqualTo(knownId);
    assertThat(Chunks.read(store, ids.getFirst())).isEqualTo(content);
    assertThat(Chunks.read(store, knownId)).isEqualTo(known);
  }

  @Test
  void removesNothingIfItIsNotToldWhatLives() throws Exception {
    ChunkId id = stored(Chunks.random(1, 20_000));

    assertThatThrownBy(() ->
            store.collect(keep -> {
              throw new IOException("a manifest cannot be read");
            }))
        .hasMessage("a manifest cannot be read");

    assertThat(store.contains(id)).isTrue();
    assertThat(store.collect(NOTHING).chunks()).isEqualTo(1);
  }

  @Test
  void severalWritersOfTheSameChunksStoreEachOnce() throws Exception {
    int chunks = 60;
    List<Callable<ChunkWriter.Written>> tasks = new ArrayList<>();
    var ids = new HashSet<ChunkId>();
    for (int i = 0; i < 4; i++) {
      tasks.add(() -> {
        try (ChunkWriter writer = store.writer()) {
          List<CompletableFuture<ChunkId>> puts = new ArrayList<>();
          for (int seed = 0; seed < chunks; seed++) {
            puts.add(writer.put(ByteBuffer.wrap(Chunks.half(seed, 30_000))));
          }
          writer.flush();
          for (CompletableFuture<ChunkId> put : puts) {
            synchronized (ids) {
              ids.add(put.get());
            }
          }
          return writer.written();
        }
      });
    }

    long put = 0;
    long added = 0;
    try (var threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<ChunkWriter.Written> done : threads.invokeAll(tasks)) {
        put += done.get().chunks();
        added += done.get().newChunks();
      }
    }

    assertThat(put).isEqualTo(4L * chunks);
    assertThat(added).isEqualTo(chunks);
    assertThat(ids).hasSize(chunks).allMatch(store::contains);
  }

  @Test
  void refusesAWriterThatIsClosed() throws Exception {
    ChunkId id = stored(Chunks.random(1, 100));
    ChunkWriter writer = store.writer();
    writer.close();
    writer.close();

    assertThatThrownBy(() -> writer.put(ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the writer is closed");
    assertThatThrownBy(() -> writer.retain(id)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(writer::flush).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesEverythingAfterItIsClosed() throws Exception {
    ChunkId id = stored(Chunks.random(1, 100));
    ChunkWriter writer = store.writer();

    store.close();
    store.close();

    assertThatThrownBy(store::writer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the store is closed");
    assertThatThrownBy(() -> store.contains(id)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Chunks.read(store, id)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.collect(NOTHING)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.put(ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalStateException.class);
    writer.close();
  }

  /** Puts and waits for it. */
  protected static ChunkId put(ChunkWriter writer, byte[] content) throws Exception {
    return writer.put(ByteBuffer.wrap(content)).get();
  }

  /** Puts through a writer of its own, and flushes. */
  protected ChunkId stored(byte[] content) throws IOException {
    try (ChunkWriter writer = store.writer()) {
      CompletableFuture<ChunkId> put = writer.put(ByteBuffer.wrap(content));
      writer.flush();
      return put.join();
    }
  }
}
