package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.DurableFiles;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.Chunks;

/** A process that uses a store is killed, again and again: what it had committed is there. */
class KilledStoreTest {
  private static final int STATUS_OF_SIGKILL = 137;
  private static final PackStoreOptions OPTIONS =
      PackStoreOptions.defaults().withMinFreeBytes(0).withPackBytes(64 << 10);

  @TempDir(factory = QuickFolder.class)
  Path scratch;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "append:40",
        "appended:75",
        "sync:9",
        "finish.table:5",
        "finish.done:4",
        "collect.marked:2",
        "collect.copied:3",
        "collect.moving:3",
        "collect.flushed:1",
        "collect.removed:3",
        "index.sealing:1",
        "index.sealed:1"
      })
  void keepsWhatWasCommittedWhenItDiesAt(String point) throws Exception {
    for (int round = 0; round < 2; round++) { // the second one finds what the first has left
      Process process = start(round, "-Dletargo.store.fault=" + point);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isEqualTo(STATUS_OF_SIGKILL);

      expectGood();
    }
  }

  @Test
  void keepsWhatWasCommittedWhenItIsKilledAnywhere() throws Exception {
    var random = new Random(5);
    for (int round = 0; round < 5; round++) {
      Process process = start(round, "-Dletargo.store.fault=");
      try (var lines = process.inputReader()) {
        for (int left = 3 + random.nextInt(25); left > 0; left--) {
          lines.readLine();
        }
        process.destroyForcibly().waitFor();
      }

      expectGood();
    }
  }

  private Process start(int seed, String fault) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            fault,
            "-cp",
            System.getProperty("java.class.path"),
            Work.class.getName(),
            scratch.toString(),
            Integer.toString(seed))
        .redirectErrorStream(true)
        .start();
  }

  private void expectGood() throws IOException {
    try (PackStore store = PackStore.open(scratch.resolve("store"), OPTIONS)) {
      expectAllManifests(store);
      assertThat(store.check().problems()).isEmpty();
      store.collect(keep -> Work.live(scratch, keep));
      expectAllManifests(store);
      assertThat(store.check().problems()).isEmpty();
    }
  }

  private void expectAllManifests(PackStore store) throws IOException {
    for (Path manifest : Work.manifests(scratch)) {
      List<String> lines = Files.readAllLines(manifest);
      for (int i = 0; i < lines.size(); i++) {
        assertThat(Chunks.read(store, ChunkId.parse(lines.get(i))))
            .isEqualTo(Work.content(Integer.parseInt(manifest.getFileName().toString()), i));
      }
    }
  }

  /** What the process does: commits, forgets, collects, in turn; says so line by line. */
  static final class Work {
    private static final int CHUNKS = 12;

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      var random = new Random(Integer.parseInt(arguments[1]));
      Files.createDirectories(folder.resolve("manifests"));
      for (int opened = 0; opened < 3; opened++) {
        try (PackStore store = PackStore.open(folder.resolve("store"), OPTIONS)) {
          for (int i = 0; i < 6; i++) {
            commit(store, folder, random.nextInt(1_000));
            forgetOne(folder, random);
            System.out.println("committed");
            if (i % 2 == 1) {
              store.collect(keep -> live(folder, keep));
              System.out.println("collected");
            }
          }
        }
        System.out.println("closed");
      }
    }

    /** Chunks that several manifests share, and chunks of its own. */
    static byte[] content(int manifest, int index) {
      return Chunks.half(index % 3 == 0 ? index : manifest * 100L + index, 9_000 + index);
    }

    private static void commit(PackStore store, Path folder, int manifest) throws Exception {
      try (ChunkWriter writer = store.writer()) {
        List<CompletableFuture<ChunkId>> puts = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
          puts.add(writer.put(ByteBuffer.wrap(content(manifest, i))));
        }
        writer.flush();
        var text = new StringBuilder();
        for (CompletableFuture<ChunkId> put : puts) {
          text.append(put.get()).append('\n');
        }
        Path file = folder.resolve("manifests").resolve(Integer.toString(manifest));
        DurableFiles.replace(file, ByteBuffer.wrap(text.toString().getBytes()));
      }
    }

    private static void forgetOne(Path folder, Random random) throws IOException {
      List<Path> all = manifests(folder);
      if (all.size() > 4) {
        Files.delete(all.get(random.nextInt(all.size())));
      }
    }

    static List<Path> manifests(Path folder) throws IOException {
      try (Stream<Path> all = Files.list(folder.resolve("manifests"))) {
        return all.filter(path -> !path.toString().endsWith(".tmp")).sorted().toList();
      }
    }

    static void live(Path folder, Consumer<ChunkId> keep) throws IOException {
      for (Path manifest : manifests(folder)) {
        Files.readAllLines(manifest).forEach(line -> keep.accept(ChunkId.parse(line)));
      }
    }
  }
}
