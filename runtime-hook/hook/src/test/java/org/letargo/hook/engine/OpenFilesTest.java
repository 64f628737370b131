package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.engine.OpenFiles.Inode;
import org.letargo.hook.testing.Programs;

class OpenFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "800001, 0x801", // 8:1
    "0fe00000, 0xfe00", // 254:0
    "29, 0x29", // 0:41, overlay
    "001fffff, 0xfff001ff", // 1:0xfffff
    "fff00100, 0x1fff00", // 4095:256
  })
  void writesDevicesAsStatDoes(String kernel, String stat) {
    assertThat(Inode.ofKernel(Long.parseLong(kernel, 16), 7))
        .isEqualTo(new Inode(Long.decode(stat), 7));
  }

  @Test
  void findsTheInodesThatAProcessWatches() throws IOException {
    Path watched = Files.createDirectory(folder.resolve("watched"));
    try (var watch = folder.getFileSystem().newWatchService()) {
      watched.register(watch, StandardWatchEventKinds.ENTRY_CREATE);

      OpenFiles open = OpenFiles.of(List.of(ProcessHandle.current().pid()));

      assertThat(open.watched()).contains(inode(watched)).doesNotContain(inode(folder));
    }
  }

  @Test
  void findsTheLargestFileThatIsOpenAndDeleted() throws IOException {
    Path large = Files.write(folder.resolve("large"), new byte[3_000_000]);
    Path kept = Files.write(folder.resolve("kept"), new byte[5_000_000]);
    Path small = Files.write(folder.resolve("small"), new byte[1000]);
    try (var one = sleeperWith(large);
        var two = sleeperWith(kept);
        var three = sleeperWith(small)) {
      Files.delete(large);
      Files.delete(small);

      OpenFiles open = OpenFiles.of(List.of(one.pid(), two.pid(), three.pid()));

      assertThat(open.largestDeletedBytes()).isEqualTo(3_000_000);
      assertThat(open.watched()).isEmpty();
    }
  }

  @Test
  void passesOverAProcessThatHasEnded() {
    long pid;
    try (var sleeper = Programs.sleeper()) {
      pid = sleeper.pid();
    }

    OpenFiles open = OpenFiles.of(List.of(pid));

    assertThat(open.watched()).isEmpty();
    assertThat(open.largestDeletedBytes()).isZero();
  }

  private static Programs.Sleeper sleeperWith(Path input) {
    return Programs.started(new ProcessBuilder("sleep", "600").redirectInput(input.toFile()));
  }

  static Inode inode(Path path) throws IOException {
    return new Inode(
        (long) Files.getAttribute(path, "unix:dev"), (long) Files.getAttribute(path, "unix:ino"));
  }
}
