package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.Chunks;

/** The index against a map that knows the same. */
class ChunkIndexTest {
  @TempDir Path scratch;
  private Path file;
  private ChunkIndex index;

  @BeforeEach
  void create() throws IOException {
    file = scratch.resolve("index");
    index = ChunkIndex.create(file, 0);
  }

  @AfterEach
  void close() {
    index.close();
  }

  private static ChunkId id(long number) {
    return ChunkId.of(Chunks.random(number, ChunkId.BYTES));
  }

  /** All in one run of slots: the first eight bytes are the same. */
  private static ChunkId crowdedId(int number) {
    byte[] bytes = new byte[ChunkId.BYTES];
    ByteBuffer.wrap(bytes).putInt(20, number);
    return ChunkId.of(bytes);
  }

  private static Place place(int number) {
    return new Place(number, 64 + number, 1 + number % 50, 1 + number % 1_000);
  }

  @Test
  void doesWhatAMapDoes() throws IOException {
    Map<ChunkId, Place> map = new HashMap<>();
    var random = new Random(1);
    for (int i = 0; i < 60_000; i++) { // it grows several times on the way
      ChunkId id =
          random.nextInt(10) == 0 ? crowdedId(random.nextInt(300)) : id(random.nextInt(20_000));
      Place place = place(i);
      switch (random.nextInt(4)) {
        case 0 -> {
          boolean there = map.containsKey(id);
          Place from = map.getOrDefault(id, place);
          assertThat(index.removeUnless(id, from, any -> false)).isEqualTo(there);
          map.remove(id);
        }
        case 1 -> {
          boolean there = map.containsKey(id);
          Place from = map.getOrDefault(id, place(i + 1));
          assertThat(index.move(id, from, place)).isEqualTo(there);
          map.replace(id, place);
        }
        default -> assertThat(index.add(id, place)).isEqualTo(map.putIfAbsent(id, place) == null);
      }
    }

    expectSame(map);
    Map<ChunkId, Place> met = new HashMap<>();
    index.forEach(entry -> met.put(entry.id(), entry.place()));
    assertThat(met).isEqualTo(map);
  }

  private void expectSame(Map<ChunkId, Place> map) {
    map.forEach((id, place) -> assertThat(index.find(id)).isEqualTo(Optional.of(place)));
    assertThat(index.totals())
        .isEqualTo(
            new IndexTable.Totals(
                map.size(),
                map.values().stream().mapToLong(Place::contentLength).sum(),
                map.values().stream().mapToLong(Place::entryBytes).sum()));
    assertThat(index.contains(id(1_000_000))).isFalse();
  }

  @Test
  void isThereAgainAfterItWasSealed() throws IOException {
    Map<ChunkId, Place> map = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      map.put(id(i), place(i));
      index.add(id(i), place(i));
    }
    index.seal(7);
    index.close();

    index = ChunkIndex.open(file, 7).orElseThrow();

    expectSame(map);
    for (int i = 10_000; i < 20_000; i++) {
      map.put(id(i), place(i));
      index.add(id(i), place(i));
    }
    expectSame(map);
  }

  @Test
  void keepsMarksWhileItGrows() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      index.add(id(i), place(i));
    }
    index.beginMarks();
    for (int i = 0; i < 1_000; i += 2) {
      index.mark(id(i));
    }
    for (int i = 1_000; i < 30_000; i++) {
      index.add(id(i), place(i));
    }

    for (int i = 0; i < 30_000; i++) {
      assertThat(index.marked(id(i))).isEqualTo(i < 1_000 && i % 2 == 0);
    }
    assertThat(index.removeUnless(id(2), place(2), any -> false)).as("marked").isFalse();
    assertThat(index.removeUnless(id(3), place(3), any -> true)).as("wanted").isFalse();
    assertThat(index.removeUnless(id(3), place(4), any -> false)).as("elsewhere").isFalse();
    assertThat(index.removeUnless(id(3), place(3), any -> false)).isTrue();
  }

  @Test
  void replacesAllAtOnceOrNothing() throws IOException {
    for (int i = 0; i < 100; i++) {
      index.add(id(i), place(i));
    }

    List<ChunkId> lost =
        index.replace(
            0,
            visitor -> {
              for (int i = 3; i < 10_000; i++) {
                visitor.visit(new PackFormat.Row(id(i), place(i + 1)));
              }
            });

    assertThat(lost).containsExactlyInAnyOrder(id(0), id(1), id(2));
    assertThat(index.find(id(3))).contains(place(4));
    assertThat(index.totals().chunks()).isEqualTo(9_997);
    org.assertj.core.api.Assertions.assertThatThrownBy(() ->
            index.replace(
                0,
                visitor -> {
                  throw new IOException("bad disk");
                }))
        .hasMessage("bad disk");
    assertThat(index.totals().chunks()).isEqualTo(9_997);
  }
}
