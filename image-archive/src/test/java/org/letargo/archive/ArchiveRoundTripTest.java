package org.letargo.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives are written, read back, and read by the programs that everybody has. */
class ArchiveRoundTripTest {
  private static final ArchiveLimits PLENTY = new ArchiveLimits(1L << 40, 1L << 40);

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesBackTheSameCheckpoint(long seed) throws IOException {
    Path source = Samples.sealed(scratch.resolve("source"), seed, 4 + (int) seed * 7);
    Path target = Files.createDirectory(scratch.resolve("target"));

    Manifest read = extract(archive(source, 2), target);

    assertThat(contents(target)).isEqualTo(contents(source));
    assertThat(read).isEqualTo(CheckpointDirectory.verify(source));
    assertThat(CheckpointDirectory.verify(target)).isEqualTo(read);
    assertThat(permissions(target.resolve("checkpoint"))).isEqualTo("rwx------");
    assertThat(permissions(target.resolve("checkpoint/pages-3.img"))).isEqualTo("rw-------");
    assertThat(permissions(target.resolve("manifest.json"))).isEqualTo("rw-------");
  }

  @Test
  void carriesAVpsThatWasStopped() throws IOException {
    Path source = Files.createDirectory(scratch.resolve("source"));
    Samples.write(source, "config.dump", "{}".getBytes());
    CheckpointDirectory.seal(source, Samples.DESCRIPTION);
    Path target = Files.createDirectory(scratch.resolve("target"));

    Manifest read = extract(archive(source, 1), target);

    assertThat(read.hasMemory()).isFalse();
    assertThat(contents(target).keySet()).containsExactly("config.dump", "manifest.json");
  }

  @Test
  void carriesTenThousandFiles() throws IOException {
    Path source = Files.createDirectories(scratch.resolve("source/checkpoint")).getParent();
    for (int i = 0; i < 10_000; i++) {
      Samples.write(source, "checkpoint/core-" + i + ".img", ("process " + i).getBytes());
    }
    Manifest sealed = CheckpointDirectory.seal(source, Samples.DESCRIPTION);
    Path target = Files.createDirectory(scratch.resolve("target"));

    Manifest read = extract(archive(source, 2), target);

    assertThat(read).isEqualTo(sealed);
    assertThat(CheckpointDirectory.verify(target)).isEqualTo(sealed);
  }

  @Test
  void givesTheSameBytesWithAnyNumberOfThreads() throws IOException {
    Path source = Samples.sealed(scratch.resolve("source"), 5, 20);

    byte[] one = archive(source, 1);

    assertThat(archive(source, 2)).isEqualTo(one);
    assertThat(archive(source, 7)).isEqualTo(one);
  }

  @Test
  void readsTheManifestWithoutTheRest() throws IOException {
    Path source = Samples.sealed(scratch.resolve("source"), 6, 20);
    var in = new CountingInputStream(archive(source, 2));

    Manifest read = ArchiveReader.readManifest(in);

    assertThat(read).isEqualTo(CheckpointDirectory.readManifest(source));
    assertThat(in.count).isLessThan(4096);
  }

  @Test
  void reportsProgressThatNeverFallsAndEndsAtTheTotal() throws IOException {
    Path source = Samples.sealed(scratch.resolve("source"), 7, 10);
    List<Long> written = new ArrayList<>();
    var out = new ByteArrayOutputStream();
    Path target = Files.createDirectory(scratch.resolve("target"));
    List<Long> read = new ArrayList<>();

    Manifest manifest = ArchiveWriter.write(source, out, (done, total) -> written.add(done));
    ArchiveReader.extract(
        new ByteArrayInputStream(out.toByteArray()), target, PLENTY, (done, _) -> read.add(done));

    assertThat(written).isSorted().last().isEqualTo(manifest.totalBytes());
    assertThat(read).isSorted().last().isEqualTo(manifest.totalBytes());
  }

  @Test
  void isListedByTarAndTestedByZstd() throws Exception {
    Path source = Samples.sealed(scratch.resolve("source"), 8, 12);
    Path file = scratch.resolve("web1.letargo");
    Files.write(file, archive(source, 2));
    Path unpacked = Files.createDirectory(scratch.resolve("unpacked"));

    String listing = run("tar", "--zstd", "-tvf", file.toString());
    run("zstd", "-t", file.toString());
    run("tar", "--zstd", "-xf", file.toString(), "-C", unpacked.toString());

    assertThat(listing.lines().findFirst().orElseThrow())
        .startsWith("-rw-------")
        .contains("0/0")
        .endsWith("manifest.json");
    assertThat(contents(unpacked)).isEqualTo(contents(source));
  }

  @Test
  void needsAPaxHeaderForMoreThanEightGibibytesOnly() throws IOException {
    long large = (8L << 30) + 1;

    byte[] plain = header((8L << 30) - 1);
    byte[] pax = header(large);

    assertThat(plain).hasSize(512);
    assertThat(pax).hasSize(1536);
    var tar = new TarArchiveInputStream(new ByteArrayInputStream(pax));
    TarArchiveEntry entry = tar.getNextEntry();
    assertThat(entry.getName()).isEqualTo("checkpoint/pages-1.img");
    assertThat(entry.getSize()).isEqualTo(large);
  }

  private static byte[] header(long sizeBytes) {
    return TarHeaders.header("checkpoint/pages-1.img", sizeBytes, Samples.DESCRIPTION.takenAt());
  }

  static byte[] archive(Path source, int threads) throws IOException {
    var out = new ByteArrayOutputStream();
    ArchiveWriter.write(source, out, TransferProgress.NONE, threads);
    return out.toByteArray();
  }

  private static Manifest extract(byte[] archive, Path target) throws IOException {
    return ArchiveReader.extract(
        new ByteArrayInputStream(archive), target, PLENTY, TransferProgress.NONE);
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** Every file's content, in hexadecimal of its hash, by path. */
  private static TreeMap<String, String> contents(Path directory) throws IOException {
    var contents = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            directory.relativize(file).toString(), FileHash.of(file, "spec.dump").sha256());
      }
    }
    return contents;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static final class CountingInputStream extends InputStream {
    private final ByteArrayInputStream in;
    private int count;

    CountingInputStream(byte[] bytes) {
      in = new ByteArrayInputStream(bytes);
    }

    @Override
    public int read() {
      count++;
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int n = in.read(bytes, offset, length);
      count += Math.max(n, 0);
      return n;
    }
  }
}
