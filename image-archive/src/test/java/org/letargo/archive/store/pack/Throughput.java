package org.letargo.archive.store.pack;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.Chunks;

/**
 * How fast the store is, in GB/s of content beside the speed of copying memory; a program, not a
 * test. Arguments: a folder to work in (made and emptied), MiB of content, optionally a file whose
 * bytes are put instead of half random ones, optionally {@code encrypted}.
 *
 * <p>Prints one line per measurement: median and best of the rounds by the clock, and by the time
 * that processors spent on it, which tells something on a busy machine too.
 */
public final class Throughput {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int ROUNDS = 5;

  private final Path folder;
  private final PackStoreOptions options;
  private final ByteBuffer content;
  private final int chunks;

  private Throughput(Path folder, PackStoreOptions options, ByteBuffer content) {
    this.folder = folder;
    this.options = options;
    this.content = content;
    this.chunks = content.capacity() / CHUNK_BYTES;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int bytes = Integer.parseInt(arguments[1]) << 20;
    List<String> more = List.of(arguments).subList(2, arguments.length);
    PackStoreOptions options = PackStoreOptions.defaults();
    if (more.contains("encrypted")) {
      options = options.encrypted();
    }
    ByteBuffer content = ByteBuffer.allocateDirect(bytes);
    Optional<String> file = more.stream().filter(name -> Files.exists(Path.of(name))).findFirst();
    if (file.isPresent()) {
      fill(content, Path.of(file.get()));
    } else {
      for (int seed = 0; content.hasRemaining(); seed++) {
        content.put(Chunks.half(seed, CHUNK_BYTES));
      }
    }
    new Throughput(folder, options, content.clear()).run();
  }

  private static void fill(ByteBuffer content, Path file) throws IOException {
    byte[] salt = new byte[Long.BYTES];
    var random = new Random(1);
    while (content.hasRemaining()) {
      try (FileChannel channel = FileChannel.open(file)) {
        int from = content.position();
        while (content.hasRemaining() && channel.read(content) >= 0) {}
        // the file may come several times: no two chunks are the same
        for (int at = from; at + CHUNK_BYTES <= content.position(); at += CHUNK_BYTES) {
          random.nextBytes(salt);
          content.put(at + 1000, salt);
        }
      }
    }
  }

  private void run() throws Exception {
    measure("copy memory, one core", this::copy);
    measure("hash, one core", this::hash);
    ChunkId[] ids = new ChunkId[chunks];
    List<Timing> news = new ArrayList<>();
    List<Timing> flushes = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      empty();
      try (PackStore store = PackStore.open(folder, options);
          ChunkWriter writer = store.writer()) {
        Timing begun = Timing.now();
        List<CompletableFuture<ChunkId>> puts = putAll(writer);
        for (int i = 0; i < chunks; i++) {
          ids[i] = puts.get(i).join();
        }
        news.add(begun.until());
        writer.flush();
        flushes.add(begun.until());
        if (round == 0) {
          System.out.println("stored " + writer.written());
        }
      }
    }
    report("put new", news);
    report("put new and flush", flushes);
    long begun = System.nanoTime();
    try (PackStore store = PackStore.open(folder, options)) {
      System.out.printf("open: %.1f ms%n", (System.nanoTime() - begun) / 1e6);
      measure("put known", () -> putKnown(store));
      measure("read, one thread", () -> read(store, ids, 0, chunks));
      measure("read, a thread per core", () -> readParallel(store, ids));
    }
  }

  private void empty() throws IOException {
    if (Files.exists(folder)) {
      try (var all = Files.walk(folder)) {
        for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(folder.toAbsolutePath().getParent());
  }

  private List<CompletableFuture<ChunkId>> putAll(ChunkWriter writer) throws IOException {
    List<CompletableFuture<ChunkId>> puts = new ArrayList<>(chunks);
    for (int i = 0; i < chunks; i++) {
      puts.add(writer.put(content.slice(i * CHUNK_BYTES, CHUNK_BYTES)));
    }
    return puts;
  }

  private void putKnown(PackStore store) throws IOException {
    try (ChunkWriter writer = store.writer()) {
      putAll(writer);
      writer.flush();
    }
  }

  private void readParallel(PackStore store, ChunkId[] ids) throws Exception {
    int threads = options.workers();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int from = chunks / threads * i;
      int to = i == threads - 1 ? chunks : chunks / threads * (i + 1);
      tasks.add(() -> {
        read(store, ids, from, to);
        return null;
      });
    }
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  private void read(PackStore store, ChunkId[] ids, int from, int to) throws IOException {
    ByteBuffer into = ByteBuffer.allocateDirect(ChunkStore.MAX_CHUNK_BYTES);
    for (int i = from; i < to; i++) {
      store.read(ids[i], into.clear());
    }
  }

  private void copy() {
    ByteBuffer into = ByteBuffer.allocateDirect(CHUNK_BYTES);
    for (int i = 0; i < chunks; i++) {
      into.put(0, content, i * CHUNK_BYTES, CHUNK_BYTES);
    }
  }

  private void hash() {
    ContentHash hash = StoreKeys.none().contentHash();
    for (int i = 0; i < chunks; i++) {
      hash.of(content.slice(i * CHUNK_BYTES, CHUNK_BYTES));
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private void measure(String what, Work work) throws Exception {
    List<Timing> timings = new ArrayList<>();
    work.run();
    for (int round = 0; round < ROUNDS; round++) {
      Timing begun = Timing.now();
      work.run();
      timings.add(begun.until());
    }
    report(what, timings);
  }

  /** An instant, or the time between two. */
  private record Timing(long clockNanos, long processorNanos) {
    static Timing now() {
      var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return new Timing(System.nanoTime(), system.getProcessCpuTime());
    }

    Timing until() {
      Timing now = now();
      return new Timing(now.clockNanos - clockNanos, now.processorNanos - processorNanos);
    }
  }

  private void report(String what, List<Timing> timings) {
    double bytes = content.capacity();
    double[] clock = timings.stream().mapToDouble(t -> bytes / t.clockNanos).sorted().toArray();
    double[] core = timings.stream().mapToDouble(t -> bytes / t.processorNanos).sorted().toArray();
    int middle = timings.size() / 2;
    System.out.printf(
        "%-26s %5.2f GB/s (best %5.2f), %5.2f GB per second of a core (best %5.2f)%n",
        what, clock[middle], clock[clock.length - 1], core[middle], core[core.length - 1]);
  }
}
