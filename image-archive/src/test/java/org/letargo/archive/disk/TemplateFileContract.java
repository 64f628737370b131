package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.TransferProgress;

/** Templates travel as files, and keep their digest, over every {@link FileSystemCalls} alike. */
public abstract class TemplateFileContract {
  private static final IdRange AS_THEY_ARE = new IdRange(0);
  private static final DiskLimits PLENTY = new DiskLimits(1_000_000, 1L << 40);
  private static final byte[] DESCRIPTION = "{\"about\": 1}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path scratch;
  private Path rootfs;
  private Path target;

  /** The one under test. */
  protected abstract FileSystemCalls calls();

  @BeforeEach
  void directories() throws IOException {
    rootfs = Files.createDirectory(scratch.resolve("rootfs"));
    target = Files.createDirectory(scratch.resolve("target"));
    Files.createDirectory(rootfs.resolve("etc"));
    Files.writeString(rootfs.resolve("etc/hosts"), "localhost\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void carriesATreeWithItsDigest(long seed) throws IOException {
    new RandomTree(seed, calls(), AS_THEY_ARE).fill(rootfs, 150);
    removeWhiteouts();

    byte[] file = write();
    byte[] description = read(file);

    assertThat(description).isEqualTo(DESCRIPTION);
    assertThat(digest(target)).isEqualTo(digest(rootfs));
    assertThat(write(target)).isEqualTo(file);
  }

  @Test
  void leavesDevicesAtHome() throws IOException {
    TemplateDigest before = digest(Files.createDirectory(rootfs.resolve("dev")).getParent());
    Files.writeString(rootfs.resolve("dev/null"), "stands for a device");

    assertThat(digest(rootfs)).isEqualTo(before);
    read(write());
    assertThat(target.resolve("dev")).isEmptyDirectory();
  }

  @Test
  void hasADigestThatTellsAttributesApart() throws IOException {
    TemplateDigest before = digest(rootfs);
    calls().setXattr(rootfs.resolve("etc/hosts"), "user.k", new byte[] {1});
    TemplateDigest with = digest(rootfs);
    calls().setXattr(rootfs.resolve("etc/hosts"), "user.k", new byte[] {2});

    assertThat(with.text()).isNotEqualTo(before.text());
    assertThat(digest(rootfs).text()).isNotIn(before.text(), with.text());
  }

  @Test
  void hasADigestThatTellsAHardLinkFromACopy() throws IOException {
    Files.copy(rootfs.resolve("etc/hosts"), rootfs.resolve("etc/second"));
    String copied = digest(rootfs).text();
    Files.delete(rootfs.resolve("etc/second"));
    Files.createLink(rootfs.resolve("etc/second"), rootfs.resolve("etc/hosts"));

    assertThat(digest(rootfs).text()).isNotEqualTo(copied);
  }

  @Test
  void hasADigestThatDoesNotSeeHolesAndTimes() throws IOException {
    Path file = rootfs.resolve("large");
    Files.createFile(file);
    calls().extend(file, 1 << 20);
    TemplateDigest sparse = digest(rootfs);
    Files.write(file, new byte[1 << 20]);
    calls().changeModifiedTime(file, 5, 6);

    assertThat(digest(rootfs)).isEqualTo(sparse);
    assertThat(sparse.sizeBytes()).isEqualTo((1 << 20) + 10);
  }

  @Test
  void refusesAFileThatIsCutAnywhere() throws IOException {
    Files.write(rootfs.resolve("zeros"), new byte[300_000]); // ends in zeros, like a tar
    byte[] file = write();

    for (int length = 5; length < file.length; length += 1 + file.length / 200) {
      byte[] cut = Arrays.copyOf(file, length);
      Path into = Files.createDirectory(scratch.resolve("cut-" + length));
      assertThatThrownBy(() -> read(cut, into, PLENTY))
          .as("%d of %d bytes", length, file.length)
          .isInstanceOfSatisfying(
              ArchiveException.class,
              e -> assertThat(e.kind()).isEqualTo(ArchiveException.Kind.CORRUPT));
    }
  }

  @Test
  void refusesMoreThanTheLimits() throws IOException {
    byte[] file = write();

    assertThatThrownBy(() -> read(file, target, new DiskLimits(2, 1 << 20)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the template's files are too many");
    Path other = Files.createDirectory(scratch.resolve("other"));
    assertThatThrownBy(() -> read(file, other, new DiskLimits(100, 9)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the template's files are too large at 'etc/hosts'");
  }

  @Test
  void refusesATemplateThatHoldsADeviceOfTheHost() throws IOException {
    calls().makeNode(rootfs.resolve("disk"), FileStatus.Type.BLOCK_DEVICE, 0600, 8, 0);

    assertThatThrownBy(() -> digest(rootfs))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(
            "the disk cannot be saved at 'disk': device 8:0 belongs to the host");
  }

  @Test
  void refusesATemplateThatHoldsAMarkOfADeletedFile() throws IOException {
    calls().makeNode(rootfs.resolve("gone"), FileStatus.Type.CHARACTER_DEVICE, 0, 0, 0);

    assertThatThrownBy(() -> digest(rootfs))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(
            "the disk cannot be saved at 'gone': it is overlayfs's mark of a deleted file");
  }

  @Test
  void knowsATemplateFileAndLeavesTheStreamWhereItWas() throws IOException {
    byte[] file = write();
    var in = buffered(file);

    assertThat(TemplateFileReader.isTemplateFile(in)).isTrue();
    assertThat(in.readAllBytes()).isEqualTo(file);
    byte[] cut = Arrays.copyOf(file, file.length - 10);
    assertThat(TemplateFileReader.isTemplateFile(buffered(cut))).isTrue();
    assertThat(TemplateFileReader.isTemplateFile(buffered(new byte[0]))).isFalse();
    assertThat(TemplateFileReader.isTemplateFile(buffered(new byte[100_000]))).isFalse();
    byte[] spoilt = file.clone();
    Arrays.fill(spoilt, 4, spoilt.length, (byte) 0xff);
    assertThat(TemplateFileReader.isTemplateFile(buffered(spoilt))).isFalse();
  }

  private void removeWhiteouts() throws IOException {
    Files.walkFileTree(
        rootfs,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (calls().status(file).isWhiteout()) {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static BufferedInputStream buffered(byte[] bytes) {
    return new BufferedInputStream(new ByteArrayInputStream(bytes));
  }

  private TemplateDigest digest(Path top) throws IOException {
    return TemplateDigest.of(calls(), top);
  }

  private byte[] write() throws IOException {
    return write(rootfs);
  }

  private byte[] write(Path top) throws IOException {
    var out = new ByteArrayOutputStream();
    TemplateFileWriter.write(calls(), top, DESCRIPTION, out, 1, TransferProgress.NONE);
    return out.toByteArray();
  }

  private byte[] read(byte[] file) throws IOException {
    return read(file, target, PLENTY);
  }

  private byte[] read(byte[] file, Path into, DiskLimits limits) throws IOException {
    try (var reader = new TemplateFileReader(new ByteArrayInputStream(file))) {
      byte[] description = reader.description();
      reader.extract(calls(), into, limits);
      return description;
    }
  }
}
