package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.Chunks;

/** A bit that flips, anywhere: found by check and by use, never given out, mended by repair. */
class DamageTest {
  private static final List<byte[]> CONTENTS =
      List.of(Chunks.random(1, 90), Chunks.half(2, 160), new byte[300]);

  @TempDir Path scratch;

  private Map<ChunkId, byte[]> stored;
  private Path sound;

  private void make(PackStoreOptions options) throws IOException {
    sound = scratch.resolve("sound");
    try (PackStore store = PackStore.open(sound, options)) {
      stored = StoreCopies.put(store, CONTENTS);
    }
  }

  private static PackStoreOptions options(boolean encrypted) {
    return encrypted ? StoreCopies.ORDERED.encrypted() : StoreCopies.ORDERED;
  }

  private static void flip(Path file, long at) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1 << at % 8));
      channel.write(one.flip(), at);
    }
  }

  /** Reads all; what cannot be read must say so and be damaged or missing. */
  private Set<ChunkId> unreadable(PackStore store) throws IOException {
    Set<ChunkId> unreadable = new HashSet<>();
    for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
      ByteBuffer into = ByteBuffer.allocate(400);
      try {
        int length = store.read(chunk.getKey(), into);
        byte[] read = new byte[length];
        into.flip().get(read);
        assertThat(read).isEqualTo(chunk.getValue());
      } catch (ChunkException e) {
        assertThat(e.id()).isEqualTo(chunk.getKey());
        assertThat(into.position()).isZero();
        unreadable.add(chunk.getKey());
      }
    }
    return unreadable;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsEveryByteOfAPackThatIsNotWhatItWas(boolean encrypted) throws IOException {
    make(options(encrypted));
    Path pack = StoreCopies.onlyPack(sound);
    try (PackStore store = PackStore.open(sound, options(encrypted))) {
      for (long at = 0; at < Files.size(pack); at++) {
        flip(pack, at);
        Set<ChunkId> unreadable = unreadable(store);
        StoreCheck check = store.check();
        flip(pack, at);

        assertThat(check.clean()).as("byte %d", at).isFalse();
        assertThat(lost(check)).as("byte %d", at).containsAll(unreadable);
      }
      assertThat(store.check().clean()).isTrue();
      assertThat(unreadable(store)).isEmpty();
    }
  }

  private static Set<ChunkId> lost(StoreCheck check) {
    Set<ChunkId> lost = new HashSet<>();
    for (StoreProblem problem : check.problems()) {
      if (problem instanceof StoreProblem.LostChunk chunk) {
        lost.add(chunk.id());
      }
    }
    return lost;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void mendsAPackAndSaysWhatIsLost(boolean encrypted) throws IOException {
    make(options(encrypted));
    // the salt of an encrypted pack is part of its header: without it all is lost
    for (long at = encrypted ? 64 : 0; at < Files.size(StoreCopies.onlyPack(sound)); at += 23) {
      Path copy = StoreCopies.copy(sound, scratch.resolve("copy"));
      flip(StoreCopies.onlyPack(copy), at);
      try (PackStore store = PackStore.open(copy, options(encrypted))) {
        Set<ChunkId> unreadable = unreadable(store);

        StoreRepair repair = store.repair();

        assertThat(repair.lost()).as("byte %d", at).containsExactlyInAnyOrderElementsOf(unreadable);
        assertThat(repair.rewritten()).hasSize(1);
        assertThat(repair.kept()).isEmpty();
        assertThat(unreadable).hasSizeLessThan(2);
        expectMended(store, unreadable);
      }
      try (PackStore store = PackStore.open(copy, options(encrypted))) {
        assertThat(unreadable(store)).isEmpty();
      }
    }
  }

  private void expectMended(PackStore store, Set<ChunkId> lost) throws IOException {
    assertThat(store.check().problems()).isEmpty();
    assertThat(unreadable(store)).isEqualTo(lost);
    assertThat(lost).noneMatch(store::contains);
    assertThat(StoreCopies.put(store, CONTENTS).keySet()).isEqualTo(stored.keySet());
    assertThat(unreadable(store)).isEmpty();
    assertThat(store.check().clean()).isTrue();
  }

  @Test
  void readsNothingWrongIfTheIndexIsMadeFromADamagedPack() throws IOException {
    make(StoreCopies.ORDERED);
    for (long at = 0; at < Files.size(StoreCopies.onlyPack(sound)); at += 7) {
      Path copy = StoreCopies.copy(sound, scratch.resolve("copy"));
      flip(StoreCopies.onlyPack(copy), at);
      Files.delete(copy.resolve("index"));
      try (PackStore store = PackStore.open(copy, StoreCopies.ORDERED)) {
        assertThat(unreadable(store)).as("byte %d", at).hasSizeLessThan(2);
        store.repair();
        assertThat(store.check().problems()).as("byte %d", at).isEmpty();
      }
    }
  }

  @Test
  void readsNothingWrongThroughADamagedIndex() throws IOException {
    make(StoreCopies.ORDERED);
    byte[] index = Files.readAllBytes(sound.resolve("index"));
    for (int at = 0; at < index.length; at++) {
      if (at > 80 && index[at] == 0) {
        continue; // the header, and slots that are used
      }
      Path copy = StoreCopies.copy(sound, scratch.resolve("copy"));
      flip(copy.resolve("index"), at);
      try (PackStore store = PackStore.open(copy, StoreCopies.ORDERED)) {
        Set<ChunkId> unreadable = unreadable(store);
        assertThat(store.check().clean()).as("byte %d", at).isEqualTo(unreadable.isEmpty());

        assertThat(store.repair().lost()).doesNotContainAnyElementsOf(stored.keySet());

        assertThat(unreadable(store)).as("byte %d", at).isEmpty();
        assertThat(store.check().clean()).as("byte %d", at).isTrue();
      }
    }
  }

  @Test
  void namesThePackAndTheChunk() throws IOException {
    make(StoreCopies.ORDERED);
    Path pack = StoreCopies.onlyPack(sound);
    ChunkId first = stored.keySet().iterator().next();
    try (PackStore store = PackStore.open(sound, StoreCopies.ORDERED)) {
      flip(pack, PackFormat.HEADER_BYTES + EntryHeader.BYTES);

      assertThat(store.check().problems())
          .containsExactly(new StoreProblem.LostChunk(first, pack, "its content has another hash"));
      assertThatThrownBy(() -> Chunks.read(store, first))
          .hasMessage(
              "cannot read chunk %s in %s: its content has another hash. See what it belongs to"
                  + " with 'letargo store check'.",
              first, pack);
    }
  }

  @Test
  void namesWhatWasInAPackThatIsGone() throws IOException {
    make(StoreCopies.ORDERED);
    try (PackStore store = PackStore.open(sound, StoreCopies.ORDERED)) {
      Files.delete(StoreCopies.onlyPack(sound));

      assertThat(lost(store.check())).isEqualTo(stored.keySet());
      assertThat(unreadable(store)).isEqualTo(stored.keySet());
      assertThat(store.repair().lost()).containsExactlyInAnyOrderElementsOf(stored.keySet());
      expectMended(store, stored.keySet());
    }
  }

  @Test
  void collectsNothingWrongBesideADamagedChunkThatIsWanted() throws IOException {
    make(StoreCopies.ORDERED);
    ChunkId first = stored.keySet().iterator().next();
    try (PackStore store = PackStore.open(sound, StoreCopies.ORDERED)) {
      flip(StoreCopies.onlyPack(sound), PackFormat.HEADER_BYTES + EntryHeader.BYTES);

      store.collect(keep -> keep.accept(first));

      assertThat(unreadable(store)).contains(first);
      assertThat(lost(store.check())).containsExactly(first);
    }
  }
}
