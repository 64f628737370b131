package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.Chunks;

/** What a power cut leaves of the pack that was being written, wherever it cuts. */
class TornPackTest {
  private static final int CHUNKS = 4;

  @TempDir Path scratch;

  private Path crashed;
  private Map<ChunkId, byte[]> stored;
  private final List<Integer> ends = new ArrayList<>();

  /** A store with one unfinished pack. */
  private void crash(PackStoreOptions options) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (int seed = 0; seed < CHUNKS; seed++) {
      contents.add(Chunks.random(seed, 40 + seed));
    }
    try (PackStore store = PackStore.open(scratch.resolve("store"), options)) {
      stored = StoreCopies.put(store, contents);
      stored.keySet().forEach(id -> ends.add(store.index().find(id).orElseThrow().end()));
      crashed = StoreCopies.copy(scratch.resolve("store"), scratch.resolve("crashed"));
    }
  }

  private interface Tear {
    void at(FileChannel pack, int length) throws IOException;
  }

  private static void cut(FileChannel pack, int length) throws IOException {
    pack.truncate(length);
  }

  /** The file system knew the length, but the data never came to the disk. */
  private static void blank(FileChannel pack, int length) throws IOException {
    pack.write(ByteBuffer.allocate((int) pack.size() - length), length);
  }

  private static void garble(FileChannel pack, int length) throws IOException {
    pack.write(ByteBuffer.wrap(Chunks.random(length, (int) pack.size() - length)), length);
  }

  private void survives(PackStoreOptions options, Tear tear) throws IOException {
    crash(options);
    int secondEnd = ends.get(CHUNKS - 3);
    for (int length = secondEnd; length <= ends.getLast(); length++) {
      Path torn = StoreCopies.copy(crashed, scratch.resolve("torn"));
      try (var pack = FileChannel.open(StoreCopies.onlyPack(torn), StandardOpenOption.WRITE)) {
        tear.at(pack, length);
      }

      try (PackStore store = PackStore.open(torn, options)) {
        expectWholeOnes(store, length);
        assertThat(store.check().problems()).as("cut at %d", length).isEmpty();
        assertThat(StoreCopies.put(store, List.copyOf(stored.values())).keySet())
            .isEqualTo(stored.keySet());
        for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
          assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(chunk.getValue());
        }
      }
    }
  }

  private void expectWholeOnes(PackStore store, int length) throws IOException {
    int i = 0;
    for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
      if (ends.get(i++) <= length) {
        assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(chunk.getValue());
      } else {
        assertThat(store.contains(chunk.getKey())).as("%d of %d", i, length).isFalse();
        assertThatThrownBy(() -> Chunks.read(store, chunk.getKey()))
            .isInstanceOf(ChunkException.class);
      }
    }
  }

  @Test
  void keepsWhatIsWholeOfAPackThatWasCutAnywhere() throws IOException {
    survives(StoreCopies.ORDERED, TornPackTest::cut);
  }

  @Test
  void keepsWhatIsWholeOfAPackWhoseEndNeverCame() throws IOException {
    survives(StoreCopies.ORDERED, TornPackTest::blank);
  }

  @Test
  void keepsWhatIsWholeOfAnEncryptedPackWithGarbageAtItsEnd() throws IOException {
    survives(StoreCopies.ORDERED.encrypted(), TornPackTest::garble);
  }

  @Test
  void keepsEverythingIfOnlyTheTableIsTorn() throws IOException {
    crash(StoreCopies.ORDERED); // and closed in order: the pack in the store itself has its table
    Path finished = scratch.resolve("store");
    long size = Files.size(StoreCopies.onlyPack(finished));
    for (long length = ends.getLast(); length < size; length++) {
      Path torn = StoreCopies.copy(finished, scratch.resolve("torn"));
      try (var pack = FileChannel.open(StoreCopies.onlyPack(torn), StandardOpenOption.WRITE)) {
        pack.truncate(length);
      }

      try (PackStore store = PackStore.open(torn, StoreCopies.ORDERED)) {
        for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
          assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(chunk.getValue());
        }
        assertThat(store.check().clean()).isTrue();
      }
    }
  }

  @Test
  void forgetsAPackThatWasJustBegun() throws IOException {
    crash(StoreCopies.ORDERED);
    for (int length : new int[] {0, 1, 63, 64}) {
      Path torn = StoreCopies.copy(crashed, scratch.resolve("torn"));
      try (var pack = FileChannel.open(StoreCopies.onlyPack(torn), StandardOpenOption.WRITE)) {
        pack.truncate(length);
      }

      try (PackStore store = PackStore.open(torn, StoreCopies.ORDERED)) {
        assertThat(store.stat().packs()).isZero();
        assertThat(store.check().clean()).isTrue();
      }
    }
  }

  @Test
  void believesNoHeaderThatIsPartOfAContent() throws IOException {
    // a guest that knows the format puts an entry for somebody else's chunk into its memory
    byte[] victim = Chunks.random(99, 500);
    ChunkId victimId = StoreKeys.none().contentHash().of(ByteBuffer.wrap(victim));
    ByteBuffer forged = ByteBuffer.wrap(Chunks.random(7, 2_000));
    var header = new EntryHeader(1, EntryHeader.Codec.PLAIN, 500, 500, 1, 0, victimId);
    header.write(forged.slice(800, EntryHeader.BYTES));
    Path directory = scratch.resolve("store");
    Path copy;
    try (PackStore store = PackStore.open(directory, StoreCopies.ORDERED)) {
      StoreCopies.put(store, List.of(forged.array()));
      copy = StoreCopies.copy(directory, scratch.resolve("crashed"));
    }
    Path pack = StoreCopies.onlyPack(copy);
    assertThat(pack.getFileName()).hasToString("00000001.pack"); // the forged header names it
    try (var channel = FileChannel.open(pack, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), PackFormat.HEADER_BYTES); // the true header is damaged
    }

    try (PackStore store = PackStore.open(copy, StoreCopies.ORDERED)) {
      assertThat(store.contains(victimId)).isFalse();
      assertThat(StoreCopies.put(store, List.of(victim))).containsOnlyKeys(victimId);
      assertThat(Chunks.read(store, victimId)).isEqualTo(victim);
    }
  }
}
