package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.disk.TarEntry.Kind;
import org.letargo.archive.disk.testing.MemoryFileSystemCalls;

/**
 * Files of templates that lie; what disk changes may not do, {@link HostileDiskChangesTest} has.
 */
class HostileTemplateFileTest {
  private static final byte[] ROOT = entry("", Kind.DIRECTORY, 0, "", 0);

  @TempDir Path scratch;
  private Path target;

  @BeforeEach
  void directories() throws IOException {
    target = Files.createDirectory(scratch.resolve("target"));
  }

  @Test
  void takesTheTruth() throws IOException {
    read(file(description(0), ROOT, entry("etc", Kind.DIRECTORY, 0, "", 0)));

    assertThat(target.resolve("etc")).isEmptyDirectory();
  }

  @Test
  void refusesAnotherFirstEntry() {
    refuses("it does not begin with .letargo-template.json", file(ROOT));
    refuses(
        "it does not begin with .letargo-template.json",
        file(entry(".letargo-template.json", Kind.SYMLINK, 0, "/etc/shadow", 0), ROOT));
    refuses("it does not begin with .letargo-template.json", file());
  }

  @Test
  void refusesADescriptionThatClaimsTooMuchBeforeItMakesRoom() {
    refuses("its description claims 8589934591 bytes", file(description((1L << 33) - 1)));
    refuses("its description claims 65537 bytes", file(description(65_537)));
  }

  @Test
  void refusesASecondDescriptionInPlaceOfTheTree() {
    refuses("the first entry must be the root", file(description(0), description(0), ROOT));
  }

  @Test
  void refusesDevicesAndWhateverElseIsInTheirFolder() {
    byte[] dev = entry("dev", Kind.DIRECTORY, 0, "", 0);

    refuses(
        "it has files in dev/",
        file(description(0), ROOT, dev, entry("dev/null", Kind.CHARACTER_DEVICE, 0, "", 0x0103)));
    refuses(
        "it has files in dev/",
        file(description(0), ROOT, dev, entry("dev/x", Kind.DIRECTORY, 0, "", 0)));
  }

  @Test
  void refusesDevicesOfTheHostAnywhere() {
    refuses(
        "device 8:0 is none of",
        file(description(0), ROOT, entry("disk", Kind.BLOCK_DEVICE, 0, "", 0x0800)));
  }

  @Test
  void refusesNamesThatLeadOut() {
    refuses("the name has the part '..'", file(description(0), ROOT, regular("../outside")));
    refuses(
        "its directory is not the one that the tar is at",
        file(
            description(0), ROOT, entry("etc", Kind.SYMLINK, 0, "/etc", 0), regular("etc/passwd")));
    assertThat(scratch.resolve("outside")).doesNotExist();
  }

  @Test
  void refusesWhatFollowsTheEnd() {
    byte[] whole = file(description(0), ROOT);
    byte[] more = Zstd.compress(new byte[] {1});
    byte[] both = new byte[whole.length + more.length];
    System.arraycopy(whole, 0, both, 0, whole.length);
    System.arraycopy(more, 0, both, whole.length, more.length);

    refuses("something follows the end", both);
  }

  @Test
  void refusesAWindowOfMoreThanEightMebibytes() {
    byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x04, (byte) 0x88, 0, 0, 0};

    assertThatThrownBy(() -> read(frame))
        .isInstanceOfSatisfying(
            ArchiveException.class,
            e -> assertThat(e.kind()).isEqualTo(ArchiveException.Kind.CORRUPT))
        .hasMessageContaining("Frame requires too much memory");
  }

  private void refuses(String why, byte[] file) {
    assertThatThrownBy(
            () -> {
              Path into = Files.createTempDirectory(scratch, "into");
              read(file, into);
            })
        .isInstanceOfSatisfying(
            ArchiveException.class,
            e -> assertThat(e.kind()).isEqualTo(ArchiveException.Kind.REFUSED))
        .hasMessageContaining(why);
  }

  private void read(byte[] file) throws IOException {
    read(file, target);
  }

  private static void read(byte[] file, Path into) throws IOException {
    try (var reader = new TemplateFileReader(new ByteArrayInputStream(file))) {
      reader.description();
      reader.extract(new MemoryFileSystemCalls(), into, new DiskLimits(100, 1 << 20));
    }
  }

  private static byte[] file(byte[]... entries) {
    var tar = new ByteArrayOutputStream();
    for (byte[] each : entries) {
      tar.writeBytes(each);
    }
    tar.writeBytes(new byte[2 * TarBlocks.BLOCK]);
    return Zstd.compress(tar.toByteArray());
  }

  private static byte[] description(long claimedBytes) {
    return entry(TemplateFileWriter.DESCRIPTION, Kind.REGULAR, claimedBytes, "", 0);
  }

  private static byte[] regular(String path) {
    return entry(path, Kind.REGULAR, 0, "", 0);
  }

  /**
   * @param device major and minor, a byte each
   */
  private static byte[] entry(String path, Kind kind, long bytes, String link, int device) {
    SortedMap<String, byte[]> none = new TreeMap<>();
    return TarBlocks.encode(
        new TarEntry(
            path,
            kind,
            0755,
            0,
            0,
            0,
            0,
            bytes,
            bytes,
            false,
            link,
            device >> 8,
            device & 255,
            none));
  }
}
