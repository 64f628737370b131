package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(
    value = "org.letargo.archive.disk.KernelFileSystemCalls#isUsable",
    disabledReason = "device nodes and trusted attributes need root")
class KernelDiskChangesTest extends DiskChangesContract {
  private static final HexFormat HEX = HexFormat.of();
  private static final String CAPABILITY_2 = "0100000200200000000000000000000000000000";

  @Override
  protected FileSystemCalls calls() {
    return new KernelFileSystemCalls();
  }

  @Test
  void keepsHoles() throws IOException {
    Path file = owned(sparse("file", 3, 4L << 30));

    DiskChanges saved = write(HERE, upper, checkpoint);
    apply(THERE, target);

    assertThat(saved.dataBytes()).isEqualTo(3 * 4096);
    assertThat(Files.size(checkpoint.resolve(DiskChanges.TAR))).isLessThan(20_000);
    assertThat(Files.size(target.resolve("file"))).isEqualTo(4L << 30);
    assertThat(ranges(target.resolve("file"))).isEqualTo(ranges(file));
  }

  @Test
  void shiftsTheRootUserOfCapabilities() throws IOException {
    Path ping = owned(Files.createFile(upper.resolve("ping")));
    Path nested = owned(Files.createFile(upper.resolve("nested")));
    calls().setXattr(ping, "security.capability", capability3(100_000));
    calls().setXattr(nested, "security.capability", capability3(100_007));

    write(HERE, upper, checkpoint);
    apply(THERE, target);

    assertThat(calls().getXattr(target.resolve("ping"), "security.capability"))
        .isEqualTo(capability3(3_000_000_000L));
    assertThat(calls().getXattr(target.resolve("nested"), "security.capability"))
        .isEqualTo(capability3(3_000_000_007L));
    assertThat(firstXattr("ping")).isEqualTo(CAPABILITY_2);
  }

  @Test
  void shiftsTheIdsOfAccessLists() throws IOException {
    Path directory = owned(Files.createDirectory(upper.resolve("shared")));
    owned(Files.createFile(directory.resolve("file")));
    calls().setXattr(directory, "system.posix_acl_default", accessList(100_033));

    write(HERE, upper, checkpoint);
    apply(THERE, target);

    assertThat(calls().getXattr(target.resolve("shared"), "system.posix_acl_default"))
        .isEqualTo(accessList(3_000_000_033L));
    assertThat(calls().listXattrs(target.resolve("shared/file")))
        .as("the default list came after the file")
        .isEmpty();
  }

  @Test
  void isReadByGnuTar() throws Exception {
    new RandomTree(21, calls(), HERE).fill(upper, 120);
    write(HERE, upper, checkpoint);
    Path tar = checkpoint.resolve(DiskChanges.TAR);

    run(
        "tar",
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=*",
        "-xpf",
        tar.toString(),
        "-C",
        target.toString());
    Path again = Files.createDirectory(scratch.resolve("again"));
    new DiskChangesWriter(calls(), new IdRange(0)).write(target, again);

    assertThat(Files.mismatch(tar, again.resolve(DiskChanges.TAR))).isEqualTo(-1);
  }

  @Test
  void isReadByCommonsCompress() throws IOException {
    owned(sparse("sparse", 2, 1 << 20));
    owned(Files.writeString(upper.resolve("plain"), "hello"));
    write(HERE, upper, checkpoint);

    try (var tar = tarOf(checkpoint)) {
      assertThat(tar.getNextEntry().getName()).isEqualTo("./");
      TarArchiveEntry plain = tar.getNextEntry();
      assertThat(plain.getName()).isEqualTo("plain");
      assertThat(new String(tar.readAllBytes())).isEqualTo("hello");
      TarArchiveEntry sparse = tar.getNextEntry();
      assertThat(sparse.getName()).isEqualTo("sparse");
      assertThat(sparse.isPaxGNU1XSparse()).isTrue();
      assertThat(tar.readAllBytes()).isEqualTo(Files.readAllBytes(upper.resolve("sparse")));
      assertThat(tar.getNextEntry()).isNull();
    }
  }

  private Path sparse(String name, int pieces, long sizeBytes) throws IOException {
    Path file = upper.resolve(name);
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < pieces; i++) {
        byte[] page = new byte[4096];
        Arrays.fill(page, (byte) (i + 1));
        channel.write(ByteBuffer.wrap(page), (2 * i + 1) * 65_536L);
      }
    }
    calls().extend(file, sizeBytes);
    return file;
  }

  private List<List<Long>> ranges(Path file) throws IOException {
    List<List<Long>> ranges = new ArrayList<>();
    calls().dataRanges(file, (offset, length) -> ranges.add(List.of(offset, length)));
    return ranges;
  }

  private static byte[] capability3(long rootId) {
    byte[] value = Arrays.copyOf(HEX.parseHex(CAPABILITY_2), 24);
    ByteBuffer.wrap(value)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, 0x03000001)
        .putInt(20, (int) rootId);
    return value;
  }

  private static byte[] accessList(long userId) {
    var list = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    int[][] entries = {{1, 7, -1}, {2, 5, (int) userId}, {4, 5, -1}, {16, 5, -1}, {32, 0, -1}};
    for (int[] entry : entries) {
      list.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]);
    }
    return list.array();
  }

  /** The attribute of an entry as it stands in the tar, in hexadecimal. */
  private String firstXattr(String path) throws IOException {
    try (var in =
        new BufferedInputStream(Files.newInputStream(checkpoint.resolve(DiskChanges.TAR)))) {
      var tar = new TarInput(in, "the disk changes");
      while (true) {
        TarEntry entry = tar.next().orElseThrow();
        if (entry.rawPath().equals(path)) {
          return HEX.formatHex(entry.xattrs().values().iterator().next());
        }
      }
    }
  }

  private static TarArchiveInputStream tarOf(Path checkpoint) throws IOException {
    return new TarArchiveInputStream(
        new BufferedInputStream(Files.newInputStream(checkpoint.resolve(DiskChanges.TAR))),
        "UTF-8");
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
