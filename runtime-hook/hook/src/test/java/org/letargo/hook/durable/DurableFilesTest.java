package org.letargo.hook.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.linux.Mounts;

class DurableFilesTest {
  private record Value(String name, List<String> words) {}

  private static final Value SMALL = new Value("small", List.of("one"));
  private static final Value LARGE =
      new Value("large", Stream.generate(() -> "word").limit(20_000).toList());

  @TempDir Path folder;

  @Test
  void writesAValueThatOnlyItsOwnerReads() throws IOException {
    Path file = folder.resolve("value.json");

    DurableFiles.writeJson(file, SMALL);

    assertThat(DurableFiles.readJson(file, Value.class)).contains(SMALL);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder)
        .isDirectoryContaining(file::equals)
        .isDirectoryNotContaining(p -> !p.equals(file));
  }

  @Test
  void takesTheModeOfNoFileThatAnEarlierWriterLeft() throws IOException {
    Path file = folder.resolve("value.json");
    Path left = Files.writeString(folder.resolve(".value.json.new"), "half");
    Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-rw-rw-"));

    DurableFiles.writeJson(file, SMALL);

    assertThat(DurableFiles.readJson(file, Value.class)).contains(SMALL);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void isNeverSeenHalfWritten() throws Exception {
    Path file = folder.resolve("value.json");
    DurableFiles.writeJson(file, SMALL);
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 100; i++) {
                DurableFiles.writeJson(file, i % 2 == 0 ? LARGE : SMALL);
              }
              done.set(true);
            });

    while (!done.get() && writer.isAlive()) {
      assertThat(DurableFiles.readJson(file, Value.class).orElseThrow()).isIn(SMALL, LARGE);
    }

    writer.join();
    assertThat(done).isTrue();
  }

  @Test
  void keepsTheOldValueAndLeavesNothingWhenTheDiskIsFull() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Mounts.mount("tmpfs", "small", disk, 0, "size=64k");
    try {
      Path file = disk.resolve("value.json");
      DurableFiles.writeJson(file, SMALL);

      assertThatThrownBy(() -> DurableFiles.writeJson(file, LARGE))
          .isInstanceOfSatisfying(
              VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SPACE))
          .hasMessage(
              "cannot write "
                  + file
                  + ": No space left on device. Free space on that disk, then try again.");

      assertThat(DurableFiles.readJson(file, Value.class)).contains(SMALL);
      assertThat(disk).isDirectoryNotContaining(path -> !path.equals(file));
    } finally {
      Mounts.unmount(disk, true);
    }
  }

  @Test
  void findsNoValueWhereThereIsNoFile() {
    assertThat(DurableFiles.readJson(folder.resolve("none"), Value.class)).isEmpty();
  }

  @Test
  void refusesAFileThatIsNoValue() throws IOException {
    Path file = Files.writeString(folder.resolve("value.json"), "{\"name\": \"x\"");

    assertThatThrownBy(() -> DurableFiles.readJson(file, Value.class))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL))
        .hasMessageStartingWith("cannot read " + file + ": ");
  }

  @Test
  void renamesOverAnEmptyFolderAndNotOverAFullOne() throws IOException {
    Path from = Files.createDirectory(folder.resolve("from"));
    Files.createFile(from.resolve("file"));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    DurableFiles.rename(from, empty);
    assertThat(empty.resolve("file")).exists();
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.createFile(full.resolve("own"));

    assertThatThrownBy(() -> DurableFiles.rename(empty, full))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("cannot rename " + empty + " to " + full + ": ");

    assertThat(full.resolve("own")).exists();
  }

  @Test
  void removesAFileAndIsContentWithNone() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    DurableFiles.delete(file);
    DurableFiles.delete(file);

    assertThat(file).doesNotExist();
  }

  @Test
  void makesFoldersOfTheModeAskedForWhateverTheUmask() throws IOException {
    Path made = DurableFiles.folder(folder.resolve("a/b"), "rwxrwxrwx");
    DurableFiles.folder(made, "rwx--x--x");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx--x--x");
  }

  @Test
  void removesATreeAndFollowsNoLink() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside/inner"));
    Path kept = Files.createFile(outside.resolve("kept"));
    Path tree = Files.createDirectories(folder.resolve("tree/a/b"));
    Files.createFile(tree.resolve("file"));
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("/no/such/place"));

    DurableFiles.deleteTree(folder.resolve("tree"));
    DurableFiles.deleteTree(folder.resolve("tree"));

    assertThat(folder.resolve("tree")).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void removesALinkAndNotWhatItLeadsTo() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);

    DurableFiles.deleteTree(link);

    assertThat(link).doesNotExist();
    assertThat(target).exists();
  }

  @Test
  void removesAllThoughOthersRemoveInItMeanwhile() throws Exception {
    for (int round = 0; round < 20; round++) {
      Path tree = folder.resolve("tree" + round);
      for (int i = 0; i < 200; i++) {
        Files.createFile(Files.createDirectories(tree.resolve("d" + i)).resolve("file"));
      }
      Thread other = Thread.ofPlatform().start(() -> DurableFiles.deleteTree(tree));

      DurableFiles.deleteTree(tree);

      other.join();
      assertThat(tree).doesNotExist();
    }
  }
}
