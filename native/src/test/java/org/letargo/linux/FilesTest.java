package org.letargo.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes, times, holes and durability of plain files. */
class FilesTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.writeString(folder.resolve("file"), "content");
  }

  @Test
  void keepsExtendedAttributes() {
    Xattrs.set(file, "user.second", new byte[] {0, 1, (byte) 255});
    Xattrs.set(file, "user.first", new byte[0]);

    assertThat(Xattrs.list(file)).containsExactly("user.first", "user.second");
    assertThat(Xattrs.get(file, "user.second")).hasValue(new byte[] {0, 1, (byte) 255});
    assertThat(Xattrs.get(file, "user.first")).hasValue(new byte[0]);
    assertThat(Xattrs.get(file, "user.third")).isEmpty();

    Xattrs.remove(file, "user.first");

    assertThat(Xattrs.list(file)).containsExactly("user.second");
    assertThatThrownBy(() -> Xattrs.remove(file, "user.first"))
        .hasMessage("lremovexattr(" + file + ", user.first) failed: ENODATA (No data available)");
  }

  @Test
  void doesNotFollowLinksToAttributes() throws IOException {
    Xattrs.set(file, "user.x", "of the file".getBytes(UTF_8));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    assertThat(Xattrs.list(link)).isEmpty();
    assertThatThrownBy(() -> Xattrs.set(link, "user.x", new byte[1])).hasMessageContaining("EPERM");
  }

  @Test
  void setsTimesOfLinksToTheNanosecond() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    Instant accessed = Instant.parse("2001-02-03T04:05:06.123456789Z");
    Instant modified = Instant.parse("1969-12-31T23:59:58.000000001Z");

    Times.set(link, accessed, modified);

    assertThat(Files.getAttribute(link, "unix:lastModifiedTime", LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(FileTime.from(modified));
    assertThat(Files.getAttribute(link, "unix:lastAccessTime", LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(FileTime.from(accessed));
  }

  @Test
  void findsTheDataOfASparseFile() throws IOException {
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(64L * MIB);
      sparse.seek(10 * MIB);
      sparse.write(new byte[MIB]);
    }

    assertThat(Extents.dataOf(file))
        .containsExactly(new Extents.Extent(0, 4096), new Extents.Extent(10 * MIB, MIB));

    Extents.punch(file, 0, 4096);

    assertThat(Extents.dataOf(file)).containsExactly(new Extents.Extent(10 * MIB, MIB));
    assertThat(Files.size(file)).isEqualTo(64L * MIB);
  }

  @Test
  void findsNoDataInAnEmptyFileOrAHole() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    Path hole = folder.resolve("hole");
    try (var sparse = new RandomAccessFile(hole.toFile(), "rw")) {
      sparse.setLength(MIB);
    }

    assertThat(Extents.dataOf(empty)).isEqualTo(List.of());
    assertThat(Extents.dataOf(hole)).isEqualTo(List.of());
  }

  @Test
  void doesNotFollowLinksToData() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    assertThatThrownBy(() -> Extents.dataOf(link)).hasMessageContaining("ELOOP");
  }

  @Test
  void makesDirectoriesDurable() {
    Fsync.directory(folder);
    Fsync.fileSystem(folder);

    assertThatThrownBy(() -> Fsync.directory(file)).hasMessageContaining("ENOTDIR");
    assertThatThrownBy(() -> Fsync.fileSystem(folder.resolve("missing")))
        .hasMessage(
            "syncfs(" + folder.resolve("missing") + ") failed: ENOENT (No such file or directory)");
  }

  @Test
  void reachesNamesThatAreNoText() throws IOException, InterruptedException {
    Path parent = Files.createDirectory(folder.resolve("späße"));
    new ProcessBuilder("sh", "-c", "mkdir \"$(printf 'a\\377 %%2f')\"")
        .directory(parent.toFile())
        .start()
        .waitFor();
    Path odd;
    try (var names = Files.list(parent)) {
      odd = names.findFirst().orElseThrow();
    }

    Xattrs.set(odd, "user.x", new byte[] {1});

    assertThat(Xattrs.get(odd, "user.x")).hasValue(new byte[] {1});
  }
}
