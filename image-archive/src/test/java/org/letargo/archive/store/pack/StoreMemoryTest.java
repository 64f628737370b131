package org.letargo.archive.store.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;

/** A store costs no heap in proportion to what it holds: each case in a JVM of 32 MiB. */
class StoreMemoryTest {
  @TempDir Path scratch;

  private String run(String what) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:MaxDirectMemorySize=48m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Work.class.getName(),
                scratch.toString(),
                what)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  @Test
  void indexesAMillionChunks() throws Exception {
    assertThat(run("index")).isEqualTo("found 1000000");
  }

  @Test
  void storesReadsChecksAndCollectsMoreThanItsHeap() throws Exception {
    assertThat(run("store")).isEqualTo("checked 2000, collected 2000, left 0");
    assertThat(Files.exists(scratch.resolve("store/packs"))).isTrue();
  }

  /** What the small JVM runs. */
  static final class Work {
    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      if (arguments[1].equals("index")) {
        index(folder.resolve("index"));
      } else {
        store(folder.resolve("store"));
      }
    }

    private static void index(Path file) throws IOException {
      int chunks = 1_000_000;
      long found = 0;
      try (ChunkIndex index = ChunkIndex.create(file, 0)) {
        for (int i = 0; i < chunks; i++) {
          index.add(id(i), new Place(i, 64, 1, 1));
        }
        index.beginMarks();
        for (int i = 0; i < chunks; i++) {
          index.mark(id(i));
          found += index.find(id(i)).filter(new Place(i, 64, 1, 1)::equals).isPresent() ? 1 : 0;
        }
      }
      System.out.println("found " + found);
    }

    private static ChunkId id(int number) {
      byte[] bytes = new byte[ChunkId.BYTES];
      ByteBuffer.wrap(bytes).putLong(0, number * 0x9E3779B97F4A7C15L).putInt(8, number);
      return ChunkId.of(bytes);
    }

    private static void store(Path folder) throws IOException {
      var options = PackStoreOptions.defaults().withMinFreeBytes(0).withPackBytes(8 << 20);
      try (PackStore store = PackStore.open(folder, options)) {
        try (ChunkWriter writer = store.writer()) {
          for (int i = 0; i < 2_000; i++) { // 125 MiB
            byte[] content = new byte[64 << 10];
            new java.util.Random(i).nextBytes(content);
            writer.put(ByteBuffer.wrap(content));
          }
          writer.flush();
        }
        long checked = store.check().chunks();
        long collected = store.collect(keep -> {}).chunks();
        System.out.println(
            "checked %d, collected %d, left %d"
                .formatted(checked, collected, store.stat().chunks()));
      }
    }
  }
}
