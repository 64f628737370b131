package org.letargo.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive of format version 1, kept since it was the newest: it opens for ever. */
class GoldenArchiveTest {
  @TempDir Path scratch;

  @Test
  void stillOpens() throws IOException {
    Path target = Files.createDirectory(scratch.resolve("target"));

    Manifest manifest;
    try (InputStream in = golden()) {
      manifest =
          ArchiveReader.extract(
              in, target, new ArchiveLimits(1 << 20, 1 << 20), TransferProgress.NONE);
    }

    assertThat(manifest.checkpoint()).isEqualTo(Samples.DESCRIPTION);
    assertThat(manifest.files())
        .extracting(ManifestFile::path)
        .containsExactly(
            "checkpoint/pages-1.img",
            "checkpoint/pstree.img",
            "config.dump",
            "deleted.files",
            "rootfs-diff.tar",
            "spec.dump");
    assertThat(target.resolve("deleted.files")).hasContent("[\"/etc/motd\"]");
    assertThat(CheckpointDirectory.verify(target)).isEqualTo(manifest);
  }

  /** Of a small checkpoint, so that zstd's version, which may pack otherwise, does not matter. */
  @Test
  void isWrittenTheSameToday() throws IOException {
    Path target = Files.createDirectory(scratch.resolve("target"));
    try (InputStream in = golden()) {
      ArchiveReader.extract(in, target, new ArchiveLimits(1 << 20, 1 << 20), TransferProgress.NONE);
    }

    byte[] again = ArchiveRoundTripTest.archive(target, 2);

    try (InputStream written = golden();
        var tar = new com.github.luben.zstd.ZstdInputStream(written);
        var tarAgain =
            new com.github.luben.zstd.ZstdInputStream(new java.io.ByteArrayInputStream(again))) {
      assertThat(tarAgain.readAllBytes()).isEqualTo(tar.readAllBytes());
    }
  }

  private static InputStream golden() {
    return GoldenArchiveTest.class.getResourceAsStream("version-1.letargo");
  }
}
