package org.letargo.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading needs 64 MiB of heap at most, whatever comes: each case in a JVM of that size. */
class HeapTest {
  @TempDir Path scratch;

  @Test
  void readsAnArchiveLargerThanTheHeap() throws Exception {
    Path source = Files.createDirectories(scratch.resolve("source/checkpoint")).getParent();
    var random = new Random(1);
    try (OutputStream pages =
        new BufferedOutputStream(Files.newOutputStream(source.resolve("checkpoint/pages-1.img")))) {
      for (int i = 0; i < 160; i++) {
        pages.write(Samples.halfRandom(random, 1 << 20));
      }
    }
    CheckpointDirectory.seal(source, Samples.DESCRIPTION);

    assertThat(extractInSmallJvm(archiveOf(source))).isEqualTo("extracted 1 files");
  }

  @Test
  void readsTheLongestManifest() throws Exception {
    List<ManifestFile> files = new ArrayList<>();
    for (int i = 0; i < Manifest.MAX_FILES; i++) {
      String path = "checkpoint/%05d%s".formatted(i, "x".repeat(40));
      files.add(new ManifestFile(path, 1L << 40, "0".repeat(64)));
    }
    byte[] json = new Manifest(1, Samples.DESCRIPTION, files).toJson();
    assertThat(json.length).isGreaterThan(12 << 20);
    Path archive = Files.write(scratch.resolve("a"), HostileArchiveTest.archive(json, new byte[0]));

    assertThat(extractInSmallJvm(archive)).startsWith("TOO_LARGE");
  }

  @Test
  void refusesTheLargestHeapOfValues() throws Exception {
    byte[] json = ("[" + "[],".repeat(5 << 20) + "[]]").getBytes();
    Path archive = Files.write(scratch.resolve("a"), HostileArchiveTest.archive(json, new byte[0]));

    assertThat(extractInSmallJvm(archive)).startsWith("REFUSED");
  }

  private Path archiveOf(Path source) throws IOException {
    Path archive = scratch.resolve("archive");
    try (OutputStream out = Files.newOutputStream(archive)) {
      ArchiveWriter.write(source, out, TransferProgress.NONE);
    }
    return archive;
  }

  private String extractInSmallJvm(Path archive) throws Exception {
    Path target = Files.createDirectory(scratch.resolve("target"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Extract.class.getName(),
                archive.toString(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** What the small JVM runs. */
  static final class Extract {
    public static void main(String[] arguments) throws IOException {
      try (var in = Files.newInputStream(Path.of(arguments[0]))) {
        Manifest manifest =
            ArchiveReader.extract(
                in,
                Path.of(arguments[1]),
                new ArchiveLimits(1L << 50, 1L << 40),
                TransferProgress.NONE);
        System.out.println("extracted " + manifest.files().size() + " files");
      } catch (ArchiveException e) {
        System.out.println(e.kind() + " " + e.getMessage());
      }
    }
  }
}
