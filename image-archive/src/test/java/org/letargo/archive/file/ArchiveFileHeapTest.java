package org.letargo.archive.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.Samples;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.FileWriter;
import org.letargo.archive.checkpoint.PagesWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;

/** Reading needs 64 MiB of heap at most, whatever comes: each case in a JVM of that size. */
class ArchiveFileHeapTest {
  @TempDir Path scratch;

  @Test
  void readsAnArchiveLargerThanTheHeap() throws Exception {
    Path archive =
        archive(writer -> {
          var random = new Random(1);
          try (PagesWriter pages = writer.pages("checkpoint/pages-1.img")) {
            for (int i = 0; i < 160; i++) {
              pages.copy((long) i << 20, ByteBuffer.wrap(Samples.halfRandom(random, 1 << 20)));
            }
            pages.finish();
          }
        });

    assertThat(readInSmallJvm(archive)).isEqualTo("read 1 files");
  }

  @Test
  void readsTheLargestChunks() throws Exception {
    Path archive =
        archive(writer -> {
          var random = new Random(2);
          try (FileWriter file = writer.begin("rootfs-diff.tar")) {
            for (int i = 0; i < 100; i++) {
              byte[] content = new byte[ChunkStore.MAX_CHUNK_BYTES];
              random.nextBytes(content);
              file.chunk(ByteBuffer.wrap(content), () -> {});
            }
            file.finish();
          }
        });

    assertThat(readInSmallJvm(archive)).isEqualTo("read 1 files");
  }

  /** 100 MiB of recipe, which says nothing but bytes. */
  @Test
  void readsARecipeLargerThanTheHeap() throws Exception {
    Path archive =
        archive(writer -> {
          var random = new Random(3);
          byte[] content = new byte[1 << 20];
          try (FileWriter file = writer.begin("rootfs-diff.tar")) {
            for (int i = 0; i < 100; i++) {
              random.nextBytes(content);
              file.literal(content);
            }
            file.finish();
          }
        });

    assertThat(readInSmallJvm(archive)).isEqualTo("read 1 files");
  }

  @Test
  void readsTheLongestManifest() throws Exception {
    List<CheckpointFile> files = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      String path = "checkpoint/%05d%s".formatted(i, "x".repeat(60));
      files.add(new CheckpointFile(path, 1L << 40, "0".repeat(64), 5));
    }
    byte[] json = new CheckpointManifest(2, Samples.DESCRIPTION, files).toJson();
    assertThat(json.length).isGreaterThan(12 << 20);
    Path archive =
        Files.write(scratch.resolve("a"), HostileArchiveFileTest.archive(json, new byte[0]));

    assertThat(readInSmallJvm(archive)).startsWith("TOO_LARGE");
  }

  @FunctionalInterface
  private interface Content {
    void put(CheckpointWriter writer) throws IOException;
  }

  private Path archive(Content content) throws IOException {
    Path archive = scratch.resolve("archive");
    try (PackStore chunks = PackStore.open(scratch.resolve("source"), PackStoreOptions.defaults());
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20)) {
      CheckpointStore store = CheckpointStore.open(chunks, scratch.resolve("source-manifests"));
      try (CheckpointWriter writer = store.begin()) {
        content.put(writer);
        writer.commit(Checkpoints.description(Checkpoints.id(1)));
      }
      try (StoredCheckpoint checkpoint = store.read(Checkpoints.id(1))) {
        ArchiveFileWriter.write(checkpoint, out, TransferProgress.NONE);
      }
    }
    return archive;
  }

  private String readInSmallJvm(Path archive) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Read.class.getName(),
                archive.toString(),
                scratch.resolve("target").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** What the small JVM runs. */
  static final class Read {
    public static void main(String[] arguments) throws IOException {
      Path target = Path.of(arguments[1]);
      try (PackStore chunks = PackStore.open(target, PackStoreOptions.defaults());
          var in = Files.newInputStream(Path.of(arguments[0]))) {
        CheckpointStore store = CheckpointStore.open(chunks, target.resolve("checkpoints"));
        CheckpointManifest manifest =
            ArchiveFileRoundTripTest.read(in, store, new ArchiveLimits(1L << 50, 1L << 40));
        System.out.println("read " + manifest.files().size() + " files");
      } catch (ArchiveException e) {
        System.out.println(e.kind() + " " + e.getMessage());
      }
    }
  }
}
