package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link FileSystemCalls} does, the fake and the kernel alike. */
public abstract class FileSystemCallsContract {
  @TempDir Path scratch;

  /** The one under test. */
  protected abstract FileSystemCalls calls();

  @Test
  void tellsTypeSizeAndLinks() throws IOException {
    Path file = Files.write(scratch.resolve("file"), new byte[7]);
    Files.createLink(scratch.resolve("second"), file);

    FileStatus status = calls().status(file);

    assertThat(status.type()).isEqualTo(FileStatus.Type.REGULAR);
    assertThat(status.sizeBytes()).isEqualTo(7);
    assertThat(status.links()).isEqualTo(2);
    assertThat(status.inode()).isEqualTo(calls().status(scratch.resolve("second")).inode());
    assertThat(calls().status(scratch).type()).isEqualTo(FileStatus.Type.DIRECTORY);
  }

  @Test
  void changesOwnersBeyondSignedNumbers() throws IOException {
    Path file = Files.createFile(scratch.resolve("file"));

    calls().changeOwner(file, 4_000_000_000L, 100_033);

    assertThat(calls().status(file).userId()).isEqualTo(4_000_000_000L);
    assertThat(calls().status(file).groupId()).isEqualTo(100_033);
  }

  @Test
  void changesModesWithTheirUpperBits() throws IOException {
    Path file = Files.createFile(scratch.resolve("file"));
    Path directory = Files.createDirectory(scratch.resolve("directory"));

    calls().changeMode(file, 06755);
    calls().changeMode(directory, 01777);

    assertThat(calls().status(file).mode()).isEqualTo(06755);
    assertThat(calls().status(directory).mode()).isEqualTo(01777);
  }

  @Test
  void clearsSetuidWhenTheOwnerChanges() throws IOException {
    Path file = Files.createFile(scratch.resolve("file"));
    calls().changeMode(file, 04755);

    calls().changeOwner(file, 1000, 1000);

    assertThat(calls().status(file).mode()).isEqualTo(0755);
  }

  @ParameterizedTest
  @CsvSource({"1700000000, 123456789", "0, 0", "-2, 500000000"})
  void changesTimesToTheNanosecond(long seconds, int nanos) throws IOException {
    Path file = Files.createFile(scratch.resolve("file"));
    Path link = scratch.resolve("link");
    calls().makeSymlink(link, "nowhere");
    Path directory = Files.createDirectory(scratch.resolve("directory"));

    for (Path path : List.of(file, link, directory)) {
      calls().changeModifiedTime(path, seconds, nanos);

      assertThat(calls().status(path).modifiedSeconds()).isEqualTo(seconds);
      assertThat(calls().status(path).modifiedNanos()).isEqualTo(nanos);
    }
  }

  @Test
  void keepsAttributesByteForByte() throws IOException {
    Path file = Files.createFile(scratch.resolve("file"));
    byte[] value = {0, (byte) 0xFF, '=', '\n', 'x'};

    calls().setXattr(file, "user.note", "old".getBytes());
    calls().setXattr(file, "user.note", value);
    calls().setXattr(file, "user.n\u00ffame=%", new byte[0]); // raw: one byte per character

    assertThat(calls().listXattrs(file)).contains("user.note", "user.n\u00ffame=%");
    assertThat(calls().getXattr(file, "user.note")).isEqualTo(value);
    assertThat(calls().getXattr(file, "user.n\u00ffame=%")).isEmpty();
    assertThatThrownBy(() -> calls().getXattr(file, "user.missing"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("getxattr");
  }

  @ParameterizedTest
  @CsvSource({"FIFO, 0, 0", "CHARACTER_DEVICE, 1, 3", "CHARACTER_DEVICE, 0, 0"})
  void makesNodes(FileStatus.Type type, int major, int minor) throws IOException {
    Path node = scratch.resolve("node");

    calls().makeNode(node, type, 0600, major, minor);

    FileStatus status = calls().status(node);
    assertThat(status.type()).isEqualTo(type);
    assertThat(status.mode()).isEqualTo(0600);
    assertThat(status.deviceMajor()).isEqualTo(major);
    assertThat(status.deviceMinor()).isEqualTo(minor);
    assertThatThrownBy(() -> calls().makeNode(node, type, 0600, major, minor))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/etc//passwd/", "../..//", "caf\u00c3\u00a9", "\u00ff\u0080"})
  void keepsLinkTargetsByteForByte(String target) throws IOException {
    Path link = scratch.resolve("link");

    calls().makeSymlink(link, target);

    assertThat(calls().readSymlink(link)).isEqualTo(target);
    assertThat(calls().status(link).type()).isEqualTo(FileStatus.Type.SYMLINK);
    assertThatThrownBy(() -> calls().makeSymlink(link, target)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "with space", "\u00c3\u00a4", "\u00ff\u00fe", "a\nb", "%41"})
  void takesNamesOfAnyBytes(String name) throws IOException {
    Path file = RawPaths.resolve(scratch, name);

    calls().makeNode(file, FileStatus.Type.FIFO, 0600, 0, 0);
    calls().changeModifiedTime(file, 12, 34);

    assertThat(calls().status(file).modifiedSeconds()).isEqualTo(12);
    List<String> names = new ArrayList<>();
    try (var children = Files.newDirectoryStream(scratch)) {
      children.forEach(child -> names.add(RawPaths.name(child)));
    }
    assertThat(names).containsExactly(name);
  }

  @Test
  void findsTheDataOfAFileWithoutHoles() throws IOException {
    Path file = Files.write(scratch.resolve("file"), new byte[100_000]);
    Path empty = Files.createFile(scratch.resolve("empty"));

    assertThat(ranges(file)).containsExactly(List.of(0L, 100_000L));
    assertThat(ranges(empty)).isEmpty();
  }

  @Test
  void extendsAFileWithZeros() throws IOException {
    Path file = Files.write(scratch.resolve("file"), new byte[] {1, 2, 3});

    calls().extend(file, 5000);

    byte[] content = Files.readAllBytes(file);
    assertThat(content).hasSize(5000).startsWith(1, 2, 3, 0);
  }

  @Test
  void syncs() throws IOException {
    Files.createFile(scratch.resolve("file"));

    calls().syncFileSystem(scratch);

    assertThat(scratch.resolve("file")).exists();
  }

  final List<List<Long>> ranges(Path file) throws IOException {
    List<List<Long>> ranges = new ArrayList<>();
    calls().dataRanges(file, (offset, length) -> ranges.add(List.of(offset, length)));
    return ranges;
  }

  @Test
  void pinsARegularFile() throws IOException {
    Files.createDirectories(scratch.resolve("a/b"));
    Path file = Files.writeString(scratch.resolve("a/b/file"), "content");

    try (FileSystemCalls.PinnedFile pinned = calls().pin(scratch, "a/b/file").orElseThrow()) {
      var ranges = new java.util.ArrayList<Long>();
      pinned.dataRanges((offset, length) -> ranges.addAll(List.of(offset, length)));
      try (var channel = pinned.open()) {
        assertThat(channel.size()).isEqualTo(7);
      }

      assertThat(pinned.status()).isEqualTo(calls().status(file));
      assertThat(ranges).containsExactly(0L, 7L);
    }
  }

  @Test
  void pinsNothingThatIsNoRegularFile() throws IOException {
    Files.createDirectory(scratch.resolve("directory"));
    calls().makeSymlink(scratch.resolve("link"), "directory");
    calls().makeNode(scratch.resolve("pipe"), FileStatus.Type.FIFO, 0600, 0, 0);

    for (String name : List.of("directory", "link", "pipe")) {
      assertThat(calls().pin(scratch, name)).as(name).isEmpty();
    }
    assertThatThrownBy(() -> calls().pin(scratch, "nothing")).isInstanceOf(IOException.class);
  }
}
