package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.Chunks;
import org.letargo.archive.store.StoreFullException;

/**
 * A disk that is really full: a small tmpfs, which only root can mount. With {@code REQUIRE=all} in
 * the environment these tests fail without root.
 */
class FullDiskTest {
  private static final PackStoreOptions OPTIONS =
      PackStoreOptions.defaults().withMinFreeBytes(0).withPackBytes(1 << 20);

  @TempDir Path scratch;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    boolean isRoot = System.getProperty("user.name").equals("root");
    assumeThat(isRoot || "all".equals(System.getenv("REQUIRE"))).as("needs root").isTrue();
    disk = Files.createDirectory(scratch.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      run("umount", disk.toString());
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private PackStore open() throws IOException {
    return PackStore.open(disk.resolve("store"), OPTIONS);
  }

  private static Map<ChunkId, byte[]> fill(PackStore store, int firstSeed) {
    Map<ChunkId, byte[]> stored = new LinkedHashMap<>();
    assertThatThrownBy(
            () -> {
              for (int seed = firstSeed; ; seed++) {
                stored.putAll(StoreCopies.put(store, List.of(Chunks.random(seed, 50_000))));
              }
            })
        .hasMessageContaining("the disk of")
        .hasMessageContaining("is full. Make room there; the store is as good as before.")
        .hasRootCauseInstanceOf(IOException.class)
        .hasCauseInstanceOf(StoreFullException.class);
    return stored;
  }

  private static void expect(PackStore store, Map<ChunkId, byte[]> stored) throws IOException {
    assertThat(store.check().problems()).isEmpty();
    for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
      assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(chunk.getValue());
    }
  }

  @Test
  void leavesAGoodStore() throws Exception {
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open()) {
      stored = fill(store, 0);
      assertThat(stored).hasSizeGreaterThan(20);
      expect(store, stored);
    }
    try (PackStore store = open()) {
      expect(store, stored);
      assertThat(fill(store, 10_000)).hasSizeLessThan(5);
      expect(store, stored);
    }
  }

  @Test
  void goesOnWhenThereIsRoom() throws Exception {
    try (PackStore store = open()) {
      fill(store, 0);

      store.collect(keep -> {});
      Map<ChunkId, byte[]> stored = StoreCopies.put(store, List.of(Chunks.random(1, 50_000)));

      expect(store, stored);
      assertThat(fill(store, 1_000)).hasSizeGreaterThan(20);
      expect(store, stored);
    }
  }

  @Test
  void opensWithoutRoomForTheIndex() throws Exception {
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open()) {
      stored = fill(store, 0);
    }
    Files.delete(disk.resolve("store/index"));
    Path ballast = disk.resolve("ballast");
    assertThatThrownBy(() -> Files.write(ballast, new byte[4 << 20])).hasMessageContaining("space");

    try (PackStore store = open()) {
      expect(store, stored);
      Files.delete(ballast);
      stored.putAll(StoreCopies.put(store, List.of(Chunks.random(9_999, 50_000))));
    }
    try (PackStore store = open()) {
      expect(store, stored);
    }
  }

  @Test
  void collectsNothingThatIsWantedIfThereIsNoRoomToCopyIt() throws Exception {
    Map<ChunkId, byte[]> stored;
    try (PackStore store = open()) {
      stored = fill(store, 0);
      // of each pack a third is wanted, one chunk at least, and there is no room for the first copy
      Map<ChunkId, byte[]> wanted = new LinkedHashMap<>();
      Map<Integer, Integer> seen = new HashMap<>();
      for (Map.Entry<ChunkId, byte[]> chunk : stored.entrySet()) {
        int pack = store.index().find(chunk.getKey()).orElseThrow().pack();
        if ((seen.merge(pack, 1, Integer::sum) - 1) % 3 == 0) {
          wanted.put(chunk.getKey(), chunk.getValue());
        }
      }
      Files.write(disk.resolve("ballast"), new byte[0]);
      assertThatThrownBy(
              () -> Files.write(disk.resolve("ballast"), new byte[1 << 20])) // takes what is left
          .isInstanceOf(IOException.class);

      assertThatThrownBy(() -> store.collect(keep -> wanted.keySet().forEach(keep)))
          .isInstanceOf(StoreFullException.class);

      expect(store, wanted);
      Files.delete(disk.resolve("ballast"));
    }
    try (PackStore store = open()) {
      assertThat(store.check().clean()).isTrue();
      expect(store, stored);
    }
  }
}
