package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InodePathsTest {
  @TempDir Path root;

  private final InodePaths paths = new InodePaths();

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
