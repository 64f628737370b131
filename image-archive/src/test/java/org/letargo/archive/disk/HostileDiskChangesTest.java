package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.disk.TarEntry.Kind;
import org.letargo.archive.disk.testing.MemoryFileSystemCalls;

/** Disk changes that lie. Each is refused with its own sentence, and nothing is left of them. */
class HostileDiskChangesTest {
  private static final byte[] NOTHING_DELETED = "[]".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path scratch;
  private Path outside;
  private Path target;

  @BeforeEach
  void directories() throws IOException {
    outside = Files.writeString(scratch.resolve("outside"), "untouched");
    target = Files.createDirectory(scratch.resolve("target"));
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("..", "the name has the part '..'", root(), file("../outside")),
        lie(".. inside", "the name has the part '..'", root(), directory("a"), file("a/../b")),
        lie(".", "the name has the part '.'", root(), file("./a")),
        lie("absolute", "the name is absolute", root(), file("/etc/passwd")),
        lie("empty part", "the name has an empty part", root(), directory("a"), file("a//b")),
        lie("zero byte", "the name has a zero byte in it", root(), paxPath("a\0b")),
        lie("long part", "a part of the name is longer", root(), file("x".repeat(256))),
        lie(
            "long path",
            "the name is longer than 3840 bytes",
            root(),
            file("x/".repeat(2000) + "x")),
        lie("deep", "it lies deeper than 512 directories", root(), file("x/".repeat(600) + "x")),
        lie("no root", "the first entry must be the root", file("a")),
        lie("nothing", "there is no root entry"),
        lie("twice", "'a' is refused: it comes twice", root(), file("a"), file("a")),
        lie("root twice", "'./' is refused: it comes twice", root(), root()),
        lie("order", "it is not in the order of names", root(), file("b"), file("a")),
        lie("orphan", "its directory is not the one", root(), file("a/b")),
        lie("left", "its directory is not the one", root(), directory("a"), file("b"), file("a/c")),
        lie(
            "through a symlink",
            "its directory is not the one",
            root(),
            symlink("a", "/etc"),
            file("a/passwd")),
        lie("replaces a symlink", "it comes twice", root(), symlink("a", "../outside"), file("a")),
        lie("link out", "the name has the part '..'", root(), link("a", "../outside")),
        lie("link to absolute", "the name is absolute", root(), link("a", "/etc/shadow")),
        lie("link to later", "which is no earlier file", root(), link("a", "b"), file("b")),
        lie("link to itself", "which is no earlier file", root(), link("a", "a")),
        lie(
            "link to directory",
            "which is no earlier file",
            root(),
            directory("a"),
            link("b", "a")),
        lie(
            "link through a symlink",
            "which is no earlier file",
            root(),
            symlink("a", ".."),
            link("b", "a/outside")),
        lie("empty symlink", "it is no symbolic link", root(), symlink("a", "")),
        lie("disk", "device 8:0 is none of", root(), device("a", Kind.BLOCK_DEVICE, 8, 0)),
        lie("memory", "device 1:1 is none of", root(), device("a", Kind.CHARACTER_DEVICE, 1, 1)),
        lie("kvm", "device 10:232 is none of", root(), device("a", Kind.CHARACTER_DEVICE, 10, 232)),
        lie("whiteout", "device 0:0 is none of", root(), device("a", Kind.CHARACTER_DEVICE, 0, 0)),
        lie("id", "user id 65536 is more than 65535", root(), with("a", 04755, 65_536)),
        lie("type", "its type '7' is unknown", root(), typed('7')),
        lie("mode", "mode 4352 is more than 4095", root(), with("a", 010400, 0)),
        lie("pipe with content", "only a regular file has content", root(), fifoWithContent("a")),
        lie(
            "attribute",
            "'trusted.x' of 'a' is refused: no archive may",
            root(),
            xattr("a", "trusted.x")),
        lie(
            "label",
            "'security.selinux' of 'a' is refused: no",
            root(),
            xattr("a", "security.selinux")),
        lie("opaque file", "it is not the mark of an opaque", root(), xattr("a", Xattrs.OPAQUE)),
        lie("capability", "it is no capability set", root(), xattr("a", "security.capability")),
        lie("access list", "it is no access list", root(), xattr("a", "system.posix_acl_access")),
        lie("ambient name", "no archive may set it", root(), xattr("a", "user.")),
        lie(
            "long attribute",
            "longer than the kernel allows",
            root(),
            xattr("a", "user." + "x".repeat(300))),
        lie("attribute of a pipe", "a pipe or device has no attribute", root(), fifoWithXattr("a")),
        lie("unknown key", "has the unknown key 'LIBARCHIVE.x'", root(), pax("LIBARCHIVE.x", "1")),
        lie("key twice", "key 'path' comes twice", root(), rawPax("9 path=a\n".repeat(2))),
        lie("no length", "a record does not begin with its length", root(), rawPax("path=a\n")),
        lie("wrong length", "a record has the wrong length", root(), rawPax("99 path=a\n")),
        lie("long length", "a record claims more than", root(), rawPax("99999999 path=a\n")),
        lie("time", "its time has the wrong form", root(), pax("mtime", "1e9")),
        lie("size", "its size has the wrong form", root(), pax("size", "-1")),
        lie(
            "half sparse",
            "it is not a sparse file of GNU's form 1.0",
            root(),
            pax("GNU.sparse.major", "1")),
        lie(
            "sparse overlap",
            "overlaps another or lies outside",
            root(),
            sparse("a", 100, "2\n0\n5\n4\n1\n")),
        lie(
            "sparse outside",
            "overlaps another or lies outside",
            root(),
            sparse("a", 10, "1\n9\n5\n")),
        lie("sparse count", "more than 65536 ranges", root(), sparse("a", 10, "70000\n")),
        lie("sparse text", "is not lines of numbers", root(), sparse("a", 10, "x\n")),
        lie("sparse data", "do not have as many bytes", root(), sparse("a", 100, "1\n0\n50\n")),
        lie(
            "sparse 2^59",
            "it claims 576460752303423488 bytes",
            root(),
            sparse("a", 1L << 59, "0\n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void refuses(String kind, String why, byte[] tar) throws IOException {
    assertThatThrownBy(() -> apply(tar, NOTHING_DELETED))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(why);
    assertNothingHappened();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|it is not a JSON array",
        "[\"/a\"|it is not valid JSON",
        "[1]|it is not a JSON array of strings and nothing else",
        "[[\"/a\"]]|Document nesting depth (2) exceeds",
        "[\"/a\"]x|it is not valid JSON",
        "[\"a\"]|path 'a' does not begin with a slash",
        "[\"/../outside\"]|the name has the part '..'",
        "[\"//a\"]|the name is absolute",
        "[\"/\"]|the name is empty",
        "[\"/a\\ud800b\"]|a path has half a character in it",
        "[\"/d/x\",\"/d/x\"]|it is among the disk changes, or listed twice",
        "[\"/d\"]|it is among the disk changes, or listed twice",
        "[\"/link/x\"]|its directory is not among the disk changes",
        "[\"/missing/x\"]|its directory is not among the disk changes",
      })
  void refusesListsOfDeletedFiles(String json, String why) throws IOException {
    byte[] tar = tar(root(), directory("d"), symlink("link", ".."));

    assertThatThrownBy(() -> apply(tar, json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(why);
    assertNothingHappened();
  }

  @Test
  void refusesMoreThanTheLimits() throws IOException {
    byte[] tar = tar(root(), file("a"), file("b"));

    assertThatThrownBy(() -> apply(tar, NOTHING_DELETED, new DiskLimits(2, 1 << 20)))
        .hasMessageContaining("there are more than 2 entries");
    assertThatThrownBy(() -> apply(tar, NOTHING_DELETED, new DiskLimits(10, 5)))
        .hasMessageContaining("the disk changes are too large at 'b'");
    assertThatThrownBy(() -> apply(tar, "[\"/x\",\"/y\"]".getBytes(), new DiskLimits(4, 100)))
        .hasMessageContaining("the list of deleted files is too long");
    assertNothingHappened();
  }

  @Test
  void refusesAnExtendedHeaderOfGibibytesWithoutReadingIt() throws IOException {
    byte[] head = pax("path", "a");
    System.arraycopy("17777777777".getBytes(), 0, head, 124, 11); // 2 GiB
    repairChecksum(head);

    assertThatThrownBy(() -> apply(tar(root(), head), NOTHING_DELETED))
        .hasMessageContaining("an extended header of 2147483647 bytes is more than 1048576");
    assertNothingHappened();
  }

  @Test
  void refusesOtherDialectsOfTar() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gnu = new TarArchiveOutputStream(out)) {
      gnu.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      gnu.putArchiveEntry(new TarArchiveEntry("x".repeat(200), true));
      gnu.closeArchiveEntry();
    }

    assertThatThrownBy(() -> apply(out.toByteArray(), NOTHING_DELETED))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("it is not in the POSIX ustar form");
  }

  @Test
  void refusesWhatFollowsTheEnd() throws IOException {
    byte[] tar = tar(root(), file("a"));

    assertThatThrownBy(() -> apply(Arrays.copyOf(tar, tar.length + 512), NOTHING_DELETED))
        .hasMessageContaining("something follows the end");
    assertNothingHappened();
  }

  /** A value or a refusal, and never a trace outside; the tar has no hash of its own. */
  @Test
  void survivesRandomDamage() throws IOException {
    byte[] tar =
        tar(
            root(),
            directory("d"),
            file("d/a"),
            link("d/b", "d/a"),
            symlink("e", "x"),
            xattr("f", "user.x"));
    var random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] bad = tar.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        apply(bad, NOTHING_DELETED);
        target = Files.createDirectory(scratch.resolve("target" + i));
      } catch (ArchiveException e) {
        refused++;
        assertNothingHappened();
      }
    }
    assertThat(refused).isGreaterThan(300);
    assertThat(outside).hasContent("untouched");
  }

  private void assertNothingHappened() throws IOException {
    assertThat(target).isEmptyDirectory();
    assertThat(outside).hasContent("untouched");
  }

  private void apply(byte[] tar, byte[] deleted) throws IOException {
    apply(tar, deleted, new DiskLimits(10_000, 1 << 20));
  }

  private void apply(byte[] tar, byte[] deleted, DiskLimits limits) throws IOException {
    new DiskChangesReader(new MemoryFileSystemCalls(), new IdRange(100_000), limits)
        .apply(new ByteArrayInputStream(tar), new ByteArrayInputStream(deleted), target);
  }

  private static Arguments lie(String kind, String why, byte[]... entries) {
    return Arguments.of(kind, why, tar(entries));
  }

  private static byte[] tar(byte[]... entries) {
    var out = new ByteArrayOutputStream();
    List.of(entries).forEach(out::writeBytes);
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  private static byte[] root() {
    return entry("", Kind.DIRECTORY, 0755, 0, 0, "", 0, 0, Map.of());
  }

  private static byte[] directory(String path) {
    return entry(path, Kind.DIRECTORY, 0755, 0, 0, "", 0, 0, Map.of());
  }

  private static byte[] file(String path) {
    return content(entry(path, Kind.REGULAR, 0644, 0, 5, "", 0, 0, Map.of()), "hello");
  }

  private static byte[] with(String path, int mode, int userId) {
    return entry(path, Kind.REGULAR, mode, userId, 0, "", 0, 0, Map.of());
  }

  private static byte[] symlink(String path, String to) {
    return entry(path, Kind.SYMLINK, 0777, 0, 0, to, 0, 0, Map.of());
  }

  private static byte[] link(String path, String to) {
    return entry(path, Kind.HARD_LINK, 0644, 0, 0, to, 0, 0, Map.of());
  }

  private static byte[] device(String path, Kind kind, int major, int minor) {
    return entry(path, kind, 0666, 0, 0, "", major, minor, Map.of());
  }

  private static byte[] fifoWithContent(String path) {
    return content(entry(path, Kind.FIFO, 0644, 0, 5, "", 0, 0, Map.of()), "hello");
  }

  private static byte[] fifoWithXattr(String path) {
    return entry(path, Kind.FIFO, 0644, 0, 0, "", 0, 0, Map.of("user.x", new byte[1]));
  }

  private static byte[] xattr(String path, String name) {
    return entry(path, Kind.REGULAR, 0644, 0, 0, "", 0, 0, Map.of(name, new byte[] {'y'}));
  }

  private static byte[] entry(
      String path,
      Kind kind,
      int mode,
      int userId,
      long size,
      String link,
      int major,
      int minor,
      Map<String, byte[]> xattrs) {
    return TarBlocks.encode(
        new TarEntry(
            path,
            kind,
            mode,
            userId,
            0,
            0,
            0,
            size,
            size,
            false,
            link,
            major,
            minor,
            new TreeMap<>(xattrs)));
  }

  private static byte[] sparse(String path, long realBytes, String map) {
    byte[] head =
        TarBlocks.encode(
            new TarEntry(
                path,
                Kind.REGULAR,
                0644,
                0,
                0,
                0,
                0,
                517,
                realBytes,
                true,
                "",
                0,
                0,
                new TreeMap<>()));
    return content(head, map + "\0".repeat(512 - map.length()) + "hello");
  }

  private static byte[] typed(char flag) {
    byte[] head = with("a", 0644, 0);
    head[156] = (byte) flag;
    repairChecksum(head);
    return head;
  }

  private static byte[] paxPath(String path) {
    return pax("path", path);
  }

  private static byte[] pax(String key, String value) {
    return rawPax(new String(PaxRecords.encode(Map.of(key, value)), StandardCharsets.ISO_8859_1));
  }

  /** An extended header of any content, and a plain file behind it. */
  private static byte[] rawPax(String records) {
    byte[] head = entry("x", Kind.REGULAR, 0600, 0, records.length(), "", 0, 0, Map.of());
    head[156] = 'x';
    repairChecksum(head);
    var out = new ByteArrayOutputStream();
    out.writeBytes(content(head, records));
    out.writeBytes(file("a"));
    return out.toByteArray();
  }

  private static byte[] content(byte[] header, String content) {
    int padded = content.length() + TarBlocks.paddingBytes(content.length());
    byte[] all = Arrays.copyOf(header, header.length + padded);
    System.arraycopy(
        content.getBytes(StandardCharsets.ISO_8859_1), 0, all, header.length, content.length());
    return all;
  }

  private static void repairChecksum(byte[] head) {
    String sum = "%06o\0 ".formatted(TarBlocks.checksum(head));
    System.arraycopy(sum.getBytes(StandardCharsets.US_ASCII), 0, head, 148, 8);
  }
}
