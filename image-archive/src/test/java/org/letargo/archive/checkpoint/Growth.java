package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;

/**
 * How a store grows, by the clock: checkpoints of memory of which some has changed, in pieces of 1
 * MiB, and many checkpoints one after the other. Memory is half random, half constant. A program to
 * run, not a test; see integration/bench-store.
 */
public final class Growth {
  private static final String PAGES = "checkpoint/pages-1.img";
  private static final int PIECE_BYTES = 1 << 20;
  private static final int MOST_GIBIBYTES =
      Integer.parseInt(System.getenv().getOrDefault("GROWTH_GIB", "4"));
  private static final int[] PERCENT = {0, 1, 5, 50};
  private static final int[] CHECKPOINTS = {10, 100, 1000};
  private static final int SMALL_PIECES = 64;

  private final SplittableRandom random = new SplittableRandom(7);
  private final ByteBuffer[] memory;
  private int taken;

  private Growth(int pieces) {
    memory = new ByteBuffer[pieces];
    for (int i = 0; i < pieces; i++) {
      memory[i] = ByteBuffer.allocateDirect(PIECE_BYTES);
      change(i);
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    System.out.printf("%-8s %9s %9s %12s%n", "memory", "changed", "took", "store grew");
    for (int gibibytes = 1; gibibytes <= MOST_GIBIBYTES; gibibytes *= 2) {
      new Growth(gibibytes << 10).withChanges(fresh(folder), gibibytes);
    }
    System.out.printf(
        "%n%-12s %14s %10s %10s %8s%n", "checkpoints", "each of 64 MiB", "store", "opens in", "gc");
    new Growth(SMALL_PIECES).many(fresh(folder));
    System.out.printf(
        "%nmost memory of this process, the VPS's %d GiB among it: %s%n", MOST_GIBIBYTES, peak());
    fresh(folder);
  }

  private void withChanges(Path folder, int gibibytes) throws IOException {
    try (PackStore packs = PackStore.open(folder, PackStoreOptions.defaults())) {
      CheckpointStore store = CheckpointStore.open(packs, folder.resolve("checkpoints"));
      show(gibibytes, "all", packs, () -> checkpoint(store));
      for (int percent : PERCENT) {
        changeSome(percent);
        show(gibibytes, percent + " %", packs, () -> checkpoint(store));
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static double seconds(Work work) throws IOException {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void show(int gibibytes, String changed, PackStore packs, Work work)
      throws IOException {
    long before = packs.stat().storedBytes();
    double seconds = seconds(work);
    System.out.printf(
        "%-8s %9s %7.2f s %8.1f MiB%n",
        gibibytes + " GiB",
        changed,
        seconds,
        (packs.stat().storedBytes() - before) / (double) PIECE_BYTES);
  }

  private void many(Path folder) throws IOException {
    for (int wanted : CHECKPOINTS) {
      double seconds;
      long storedBytes;
      ChunkStore.Collected[] collected = new ChunkStore.Collected[1];
      double collecting;
      int before = taken;
      try (PackStore packs = PackStore.open(folder, PackStoreOptions.defaults())) {
        CheckpointStore store = CheckpointStore.open(packs, folder.resolve("checkpoints"));
        seconds =
            seconds(() -> {
              while (taken < wanted) {
                changeSome(1);
                checkpoint(store);
              }
            });
        storedBytes = packs.stat().storedBytes();
        collecting = seconds(() -> collected[0] = store.collect());
      }
      double opening = seconds(() -> PackStore.open(folder, PackStoreOptions.defaults()).close());
      System.out.printf(
          "%-12d %11.0f ms %6d MiB %7.0f ms %5.0f ms%n",
          wanted,
          1000 * seconds / (wanted - before),
          storedBytes >> 20,
          1000 * opening,
          1000 * collecting);
    }
  }

  private void checkpoint(CheckpointStore store) throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      try (PagesWriter pages = writer.pages(PAGES)) {
        for (int i = 0; i < memory.length; i++) {
          pages.copy((long) i * PIECE_BYTES, memory[i].duplicate());
        }
        pages.finish();
      }
      String id = "20260131-%06d-0a1b2c3d".formatted(taken++);
      writer.commit(Checkpoints.description(id));
    }
  }

  /** Another piece each time, and at least one unless nothing is to change. */
  private void changeSome(int percent) {
    int wanted = percent == 0 ? 0 : Math.max(1, memory.length * percent / 100);
    int first = random.nextInt(memory.length);
    for (int i = 0; i < wanted; i++) {
      change((int) ((first + (long) i * memory.length / wanted) % memory.length));
    }
  }

  private void change(int piece) {
    byte[] noise = new byte[PagesWriter.WINDOW_BYTES / 2];
    ByteBuffer bytes = memory[piece];
    for (bytes.clear(); bytes.hasRemaining(); ) {
      random.nextBytes(noise);
      bytes.put(noise);
      byte same = noise[0];
      java.util.Arrays.fill(noise, same);
      bytes.put(noise);
    }
    bytes.clear();
  }

  private static Path fresh(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(folder);
    return folder;
  }

  private static String peak() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024 + " MiB")
          .findFirst()
          .orElse("unknown");
    }
  }
}
