package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;

/** Disk changes are saved and applied over every {@link FileSystemCalls} alike. */
public abstract class DiskChangesContract {
  static final IdRange HERE = new IdRange(100_000);
  static final IdRange THERE = new IdRange(3_000_000_000L);
  static final DiskLimits PLENTY = new DiskLimits(1_000_000, 1L << 40);

  @TempDir Path scratch;
  Path upper;
  Path checkpoint;
  Path target;

  /** The one under test. */
  protected abstract FileSystemCalls calls();

  @BeforeEach
  void directories() throws IOException {
    upper = Files.createDirectory(scratch.resolve("upper"));
    checkpoint = Files.createDirectory(scratch.resolve("checkpoint"));
    target = Files.createDirectory(scratch.resolve("target"));
    calls().changeOwner(upper, HERE.toHost(0), HERE.toHost(0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void givesBackTheSameTreeForAnotherIdRange(long seed) throws IOException {
    new RandomTree(seed, calls(), HERE).fill(upper, 150);

    DiskChanges saved = write(HERE, upper, checkpoint);
    DiskChanges applied = apply(THERE, target);

    assertThat(applied.entries()).isEqualTo(saved.entries());
    assertThat(applied.deleted()).isEqualTo(saved.deleted());
    assertThat(tree(target, THERE)).isEqualTo(tree(upper, HERE));
    Path again = Files.createDirectory(scratch.resolve("again"));
    write(THERE, target, again);
    for (String file : List.of(DiskChanges.TAR, DiskChanges.DELETED)) {
      assertThat(Files.mismatch(again.resolve(file), checkpoint.resolve(file))).isEqualTo(-1);
    }
  }

  @Test
  void carriesTenThousandFiles() throws IOException {
    for (int i = 0; i < 100; i++) {
      Path directory = Files.createDirectory(upper.resolve("d" + i));
      calls().changeOwner(directory, HERE.toHost(1), HERE.toHost(1));
      for (int j = 0; j < 100; j++) {
        Path file = Files.writeString(directory.resolve("f" + j), "content " + j);
        calls().changeOwner(file, HERE.toHost(2), HERE.toHost(2));
      }
    }

    DiskChanges saved = write(HERE, upper, checkpoint);
    apply(THERE, target);

    assertThat(saved.entries()).isEqualTo(10_101);
    assertThat(tree(target, THERE)).isEqualTo(tree(upper, HERE));
  }

  @Test
  void storesTheNamesOfOneFileOnce() throws IOException {
    Path first = owned(Files.write(upper.resolve("a"), new byte[50_000]));
    Files.createLink(upper.resolve("b"), first);
    Files.createLink(upper.resolve("c"), first);

    DiskChanges saved = write(HERE, upper, checkpoint);
    apply(THERE, target);

    assertThat(saved.dataBytes()).isEqualTo(50_000);
    assertThat(calls().status(target.resolve("c")).links()).isEqualTo(3);
    assertThat(Files.isSameFile(target.resolve("a"), target.resolve("c"))).isTrue();
  }

  @Test
  void turnsDeletedNamesIntoPodmansListAndBack() throws IOException {
    Path directory = owned(Files.createDirectory(upper.resolve("etc")));
    for (String name : List.of("motd", "caf\u00c3\u00a9", "\u00ff")) {
      calls()
          .makeNode(RawPaths.resolve(directory, name), FileStatus.Type.CHARACTER_DEVICE, 0, 0, 0);
    }
    calls().changeModifiedTime(directory, 1_000_000, 5);

    DiskChanges saved = write(HERE, upper, checkpoint);
    apply(THERE, target);

    assertThat(saved.deleted()).isEqualTo(3);
    assertThat(Files.readString(checkpoint.resolve(DiskChanges.DELETED)))
        .isEqualTo("[\"/etc/caf\\u00E9\",\"/etc/motd\",\"/etc/\\uDCFF\"]");
    assertThat(calls().status(RawPaths.resolve(target.resolve("etc"), "\u00ff")).isWhiteout())
        .isTrue();
    assertThat(calls().status(target.resolve("etc")).modifiedSeconds()).isEqualTo(1_000_000);
  }

  @Test
  void leavesSocketsAndTheHostsAttributesBehind() throws Exception {
    owned(Files.createFile(upper.resolve("file")));
    calls().setXattr(upper.resolve("file"), "trusted.overlay.origin", new byte[] {1});
    calls().setXattr(upper.resolve("file"), "user.mine", new byte[] {2});
    try (var server =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      Path socket = upper.resolve("socket");
      server.bind(java.net.UnixDomainSocketAddress.of(socket));
      owned(socket);

      DiskChanges saved = write(HERE, upper, checkpoint);
      apply(THERE, target);

      assertThat(saved.skippedSockets()).containsExactly("socket");
      assertThat(saved.droppedXattrs()).isEqualTo(1);
      assertThat(calls().listXattrs(target.resolve("file"))).containsExactly("user.mine");
      assertThat(target.resolve("socket")).doesNotExist();
    }
  }

  @Test
  void refusesToSaveAnIdOutsideTheRange() throws IOException {
    Path file = Files.createFile(upper.resolve("of-the-host"));
    calls().changeOwner(file, 99_999, HERE.toHost(0));

    assertThatThrownBy(() -> write(HERE, upper, checkpoint))
        .isInstanceOf(ArchiveException.class)
        .hasMessage(
            "the disk cannot be saved at 'of-the-host': user id 99999 is outside its"
                + " own range, 100000 to 165535. Give the file to an id of the VPS, with"
                + " chown from inside.");
  }

  @Test
  void refusesToSaveADeviceOfTheHost() throws IOException {
    Path disk = upper.resolve("disk");
    calls().makeNode(disk, FileStatus.Type.CHARACTER_DEVICE, 0600, 10, 232);
    owned(disk);

    assertThatThrownBy(() -> write(HERE, upper, checkpoint))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("at 'disk': device 10:232 belongs to the host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trusted.overlay.redirect", "trusted.overlay.metacopy"})
  void refusesToSaveWhatIsPartlyInTheTemplate(String attribute) throws IOException {
    Path directory = owned(Files.createDirectory(upper.resolve("moved")));
    calls().setXattr(directory, attribute, new byte[] {'/', 'x'});

    assertThatThrownBy(() -> write(HERE, upper, checkpoint))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("at 'moved', attribute '" + attribute + "'");
  }

  @Test
  void removesEverythingWhenItFails() throws IOException {
    new RandomTree(9, calls(), HERE).fill(upper, 60);
    write(HERE, upper, checkpoint);
    byte[] tar = Files.readAllBytes(checkpoint.resolve(DiskChanges.TAR));
    Files.write(
        checkpoint.resolve(DiskChanges.TAR), java.util.Arrays.copyOf(tar, tar.length - 700));

    assertThatThrownBy(() -> apply(THERE, target))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("the disk changes are incomplete");

    assertThat(target).isEmptyDirectory();
  }

  final Path owned(Path path) throws IOException {
    calls().changeOwner(path, HERE.toHost(0), HERE.toHost(0));
    return path;
  }

  final DiskChanges write(IdRange ids, Path from, Path to) throws IOException {
    return new DiskChangesWriter(calls(), ids).write(from, to);
  }

  final DiskChanges apply(IdRange ids, Path to) throws IOException {
    return new DiskChangesReader(calls(), ids, PLENTY).apply(checkpoint, to);
  }

  /** Everything that must be the same after a journey, by raw path. */
  private Map<String, String> tree(Path root, IdRange ids) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    describe(root, "", ids, tree);
    return tree;
  }

  private void describe(Path path, String raw, IdRange ids, Map<String, String> tree)
      throws IOException {
    FileStatus status = calls().status(path);
    var text = new StringBuilder().append(status.type());
    if (status.isWhiteout()) {
      tree.put(raw, "deleted");
      return;
    }
    text.append(" mode ").append(Integer.toOctalString(status.mode()));
    text.append(" ids ").append(status.userId() - ids.base());
    text.append(' ').append(status.groupId() - ids.base());
    text.append(" device ").append(status.deviceMajor()).append(':').append(status.deviceMinor());
    text.append(" time ")
        .append(status.modifiedSeconds())
        .append('.')
        .append(status.modifiedNanos());
    switch (status.type()) {
      case DIRECTORY -> {
        try (var children = Files.newDirectoryStream(path)) {
          for (Path child : children) {
            describe(child, raw + "/" + RawPaths.name(child), ids, tree);
          }
        }
      }
      case REGULAR -> {
        text.append(" links ").append(status.links());
        text.append(" content ").append(java.util.Arrays.hashCode(Files.readAllBytes(path)));
        text.append(" size ").append(Files.size(path));
      }
      case SYMLINK -> text.append(" to ").append(calls().readSymlink(path));
      case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE, SOCKET -> {}
    }
    if (status.type() != FileStatus.Type.SYMLINK && !Files.isSymbolicLink(path)) {
      for (String name : calls().listXattrs(path).stream().sorted().toList()) {
        text.append(' ').append(name);
        if (!name.equals("security.capability")) { // its root id differs, as it must
          text.append('=').append(java.util.Arrays.toString(calls().getXattr(path, name)));
        }
      }
    }
    tree.put(raw, text.toString());
  }
}
