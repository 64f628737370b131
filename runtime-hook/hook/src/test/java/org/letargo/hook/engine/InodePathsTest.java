package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Samples;

class InodePathsTest {
  @TempDir Path root;

  private final InodePaths paths = new InodePaths(Samples.WEB1);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run/systemd/notify",
        "etc/localtime",
        "usr/share/unlikely/place",
        "top",
        "srv/two words/file",
        "sys/fs/cgroup/init.scope",
      })
  void findsAFileWhereverItIs(String name) throws IOException {
    Path file = file(name);

    assertThat(paths.find(root, Set.of(inode(file))).values()).containsExactly("/" + name);
  }

  @Test
  void findsFoldersAndTheRootItself() throws IOException {
    Path etc = Files.createDirectory(root.resolve("etc"));

    assertThat(paths.find(root, Set.of(inode(etc), inode(root))).values())
        .containsExactlyInAnyOrder("/etc", "/");
  }

  @Test
  void givesUpAmongTooManyFilesAndNamesTheInode() throws IOException {
    for (int i = 0; i < 20; i++) {
      file("run/file-" + i);
    }
    Inode gone = new Inode(5, 4711);
    var bounded = new InodePaths(Samples.WEB1, 10, Duration.ofMinutes(1));

    assertThatThrownBy(() -> bounded.find(root, Set.of(gone)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_CHECKPOINTABLE))
        .hasMessage(
            "cannot take a checkpoint of VPS 'web1': a program in it watches inode 4711 of device 5 by"
                + " inotify, which is not among its first 10 files. Find it with 'find / -xdev -inum 4711'"
                + " in the VPS, and end the program that watches it. The VPS runs on.");
  }

  @Test
  void givesUpWhenItTakesTooLong() throws IOException {
    for (int i = 0; i < 1100; i++) {
      file("run/file-" + i);
    }
    var bounded = new InodePaths(Samples.WEB1, 1_000_000, Duration.ofSeconds(-1));

    assertThatThrownBy(() -> bounded.find(root, Set.of(new Inode(5, 4711))))
        .isInstanceOf(VpsException.class)
        .hasMessageContaining("inode 4711 of device 5");
  }

  @Test
  void doesNotLookIntoProc() throws IOException {
    Path file = file("proc/1/fd");

    assertThat(paths.find(root, Set.of(inode(file))).values()).isEmpty();
  }

  @Test
  void followsNoLinkOutOfTheRoot() throws IOException {
    Path outside = Files.createTempFile("outside", "");
    try {
      Files.createSymbolicLink(root.resolve("run"), outside.getParent());
      Files.createSymbolicLink(root.resolve("link"), outside);

      assertThat(paths.find(root, Set.of(inode(outside))).values()).isEmpty();
    } finally {
      Files.delete(outside);
      Files.deleteIfExists(root.resolve("run")); // JUnit warns of links that lead out
    }
  }

  @Test
  void remembersWhatItFoundAndForgetsWhatNobodyWatches() throws IOException {
    Path first = file("etc/first");
    Path second = file("etc/second");
    paths.find(root, Set.of(inode(first), inode(second)));

    assertThat(paths.find(root, Set.of(inode(second))).values()).containsExactly("/etc/second");
    assertThat(paths.find(root, Set.of()).values()).isEmpty();
  }

  @Test
  void findsAFileAgainThatWasRenamed() throws IOException {
    Path file = file("etc/old");
    Inode inode = inode(file);
    paths.find(root, Set.of(inode));

    Files.move(file, root.resolve("etc/new"));
    file("etc/old");

    assertThat(paths.find(root, Set.of(inode)).values()).containsExactly("/etc/new");
  }

  @Test
  void hasNoPathForAFileThatIsGone() throws IOException {
    Path file = file("etc/gone");
    Inode inode = inode(file);
    paths.find(root, Set.of(inode));

    Files.delete(file);

    assertThat(paths.find(root, Set.of(inode)).values()).isEmpty();
  }

  private Path file(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }

  private static Inode inode(Path path) throws IOException {
    return new Inode(
        (Long) Files.getAttribute(path, "unix:dev"), (Long) Files.getAttribute(path, "unix:ino"));
  }
}
