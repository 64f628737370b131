package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.Chunks;

/** Writers, readers, collections and checks at once: nothing that is live is ever missing. */
class BusyStoreTest {
  private static final int WRITERS = 3;
  private static final int COMMITS = 25;
  private static final int CHUNKS = 8;

  @TempDir Path scratch;

  /** What is committed: by commit, the ids and the seeds of their contents. */
  private final Map<Integer, Map<ChunkId, Integer>> manifests = new ConcurrentHashMap<>();

  private final AtomicInteger writing = new AtomicInteger(WRITERS);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void losesNothingThatIsLive(boolean encrypted) throws Exception {
    PackStoreOptions options =
        PackStoreOptions.defaults().withMinFreeBytes(0).withPackBytes(64 << 10).withWorkers(3);
    if (encrypted) {
      options = options.encrypted();
    }
    int collections = 0;
    try (PackStore store = PackStore.open(scratch.resolve("store"), options)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        tasks.add(() -> write(store, number));
      }
      tasks.add(() -> read(store, 1));
      tasks.add(() -> read(store, 2));
      tasks.add(() -> check(store));
      tasks.add(() -> collect(store));
      try (var threads = Executors.newFixedThreadPool(tasks.size())) {
        List<Future<Integer>> done = threads.invokeAll(tasks);
        for (Future<Integer> task : done) {
          task.get();
        }
        collections = done.getLast().get();
      }
      expectAll(store);
      assertThat(store.check().problems()).isEmpty();
    }
    assertThat(collections).isPositive();
    try (PackStore store = PackStore.open(scratch.resolve("store"), options)) {
      expectAll(store);
    }
  }

  /** Commits checkpoints that share chunks with others', and forgets most of them again. */
  private int write(PackStore store, int number) throws Exception {
    try {
      var random = new Random(number);
      for (int commit = 0; commit < COMMITS; commit++) {
        int name = number * 1_000 + commit;
        try (ChunkWriter writer = store.writer()) {
          List<Integer> seeds = new ArrayList<>();
          List<CompletableFuture<ChunkId>> puts = new ArrayList<>();
          for (int i = 0; i < CHUNKS; i++) {
            int seed = random.nextInt(60);
            seeds.add(seed);
            puts.add(writer.put(ByteBuffer.wrap(content(seed))));
          }
          writer.flush();
          Map<ChunkId, Integer> manifest = new ConcurrentHashMap<>();
          for (int i = 0; i < CHUNKS; i++) {
            manifest.put(puts.get(i).get(), seeds.get(i));
          }
          manifests.put(name, manifest);
        }
        if (commit >= 3) {
          manifests.remove(name - 3);
        }
      }
      return COMMITS;
    } finally {
      writing.decrementAndGet();
    }
  }

  private static byte[] content(int seed) {
    return Chunks.half(seed, 5_000 + seed * 100);
  }

  private int read(PackStore store, int seed) throws IOException {
    int reads = 0;
    while (writing.get() > 0) {
      for (Map.Entry<Integer, Map<ChunkId, Integer>> manifest : manifests.entrySet()) {
        for (Map.Entry<ChunkId, Integer> chunk : manifest.getValue().entrySet()) {
          try {
            assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(content(chunk.getValue()));
            reads++;
          } catch (IOException e) {
            // only what was forgotten meanwhile may be gone
            assertThat(manifests).as(e.getMessage()).doesNotContainKey(manifest.getKey());
          }
        }
      }
    }
    return reads;
  }

  private int check(PackStore store) throws IOException {
    int checks = 0;
    while (writing.get() > 0) {
      assertThat(store.check().problems()).isEmpty();
      checks++;
    }
    return checks;
  }

  private int collect(PackStore store) throws IOException {
    int collections = 0;
    do {
      store.collect(
          keep -> manifests.values().forEach(manifest -> manifest.keySet().forEach(keep)));
      collections++;
    } while (writing.get() > 0);
    return collections;
  }

  private void expectAll(PackStore store) throws IOException {
    assertThat(manifests).hasSize(WRITERS * 3);
    for (Map<ChunkId, Integer> manifest : manifests.values()) {
      for (Map.Entry<ChunkId, Integer> chunk : manifest.entrySet()) {
        assertThat(Chunks.read(store, chunk.getKey())).isEqualTo(content(chunk.getValue()));
      }
    }
  }
}
