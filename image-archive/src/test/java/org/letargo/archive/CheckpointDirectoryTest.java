package org.letargo.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {
  @TempDir Path scratch;
  private Path directory;

  @BeforeEach
  void sealed() throws IOException {
    directory = Samples.sealed(scratch.resolve("20260131-235959-0a1b2c3d"), 3, 6);
  }

  @Test
  void findsNothingWrongWithWhatWasSealed() throws IOException {
    Manifest manifest = CheckpointDirectory.verify(directory);

    assertThat(manifest).isEqualTo(CheckpointDirectory.readManifest(directory));
    assertThat(manifest.checkpoint()).isEqualTo(Samples.DESCRIPTION);
    assertThat(manifest.hasMemory()).isTrue();
    assertThat(manifest.files())
        .hasSize(10)
        .isSortedAccordingTo((a, b) -> a.path().compareTo(b.path()));
  }

  @Test
  void namesTheFileThatIsMissing() throws IOException {
    Files.delete(directory.resolve("checkpoint/pages-2.img"));

    assertDamaged("checkpoint/pages-2.img", "it is missing");
  }

  @Test
  void namesTheFileThatIsNew() throws IOException {
    Samples.write(directory, "checkpoint/core-1.img", new byte[1]);

    assertDamaged("checkpoint/core-1.img", "the manifest does not list it");
  }

  @Test
  void namesTheFileThatHasAnotherSize() throws IOException {
    Samples.write(directory, "checkpoint/pages-1.img", new byte[2]);

    assertDamaged("checkpoint/pages-1.img", "it has 2 bytes instead of 1");
  }

  @Test
  void namesTheFileThatHasChanged() throws IOException {
    Samples.write(directory, "checkpoint/pages-1.img", new byte[] {99});

    assertDamaged("checkpoint/pages-1.img", "its content has changed, the SHA-256 differs");
  }

  @Test
  void verifiesSomeFilesWhateverTheOthersAre() throws IOException {
    Samples.write(directory, "checkpoint/pages-1.img", new byte[] {99});

    CheckpointDirectory.verify(directory, Set.of("checkpoint/pages-2.img"));

    assertDamaged(
        () -> CheckpointDirectory.verify(directory, Set.of("checkpoint/pages-1.img")),
        "checkpoint/pages-1.img",
        "its content has changed, the SHA-256 differs");
  }

  @Test
  void namesTheOneOfSomeFilesThatIsMissingOrUnknown() throws IOException {
    Files.delete(directory.resolve("checkpoint/pages-2.img"));

    assertDamaged(
        () -> CheckpointDirectory.verify(directory, Set.of("checkpoint/pages-2.img")),
        "checkpoint/pages-2.img",
        "it is missing");
    assertDamaged(
        () -> CheckpointDirectory.verify(directory, Set.of("unknown")),
        "unknown",
        "the manifest does not list it");
  }

  @Test
  void writesNoArchiveOfAFileThatHasChanged() throws IOException {
    Samples.write(directory, "checkpoint/pages-1.img", new byte[] {99});

    assertThatThrownBy(() ->
            ArchiveWriter.write(directory, new ByteArrayOutputStream(), TransferProgress.NONE))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("is damaged at 'checkpoint/pages-1.img': its content has changed");
  }

  @Test
  void doesNotExistBeforeItsManifest() throws IOException {
    Files.delete(directory.resolve(Manifest.FILE_NAME));

    assertThatThrownBy(() -> CheckpointDirectory.verify(directory))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void sealsOverWhatADeadSealerLeft() throws IOException {
    Samples.write(directory, "manifest.json.tmp", new byte[] {'{'});
    Samples.write(directory, "checkpoint/pages-1.img", new byte[] {7});

    Manifest again = CheckpointDirectory.seal(directory, Samples.DESCRIPTION);

    assertThat(CheckpointDirectory.verify(directory)).isEqualTo(again);
    assertThat(directory.resolve("manifest.json.tmp")).doesNotExist();
  }

  @Test
  void refusesToSealWhatNoCheckpointHolds() throws IOException {
    Files.createSymbolicLink(directory.resolve("checkpoint/pages-99.img"), Path.of("/etc/shadow"));

    assertThatThrownBy(() -> CheckpointDirectory.seal(directory, Samples.DESCRIPTION))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("'checkpoint/pages-99.img' is nothing that a checkpoint holds");
    assertThat(directory.resolve(Manifest.FILE_NAME)).doesNotExist();
  }

  private void assertDamaged(String path, String why) {
    assertDamaged(() -> CheckpointDirectory.verify(directory), path, why);
  }

  private void assertDamaged(ThrowingCallable verification, String path, String why) {
    assertThatThrownBy(verification)
        .isInstanceOf(ArchiveException.class)
        .hasMessage(
            "checkpoint '%s' is damaged at '%s': %s. Use another copy, or take a new checkpoint.",
            directory, path, why)
        .extracting(e -> ((ArchiveException) e).kind())
        .isEqualTo(ArchiveException.Kind.CORRUPT);
  }
}
