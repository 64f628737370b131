package org.letargo.hook.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Samples;

class GroupFilesTest {
  @TempDir Path group;

  @Test
  void listsAGroupBeforeThoseBelowIt() throws IOException {
    Path inner = Files.createDirectories(group.resolve("a/b"));
    Files.createFile(group.resolve("cgroup.procs"));

    assertThat(GroupFiles.tree(group)).containsExactly(group, group.resolve("a"), inner);
    assertThat(GroupFiles.tree(group.resolve("none"))).isEmpty();
  }

  @Test
  void findsTheProcessesOfAllGroupsBelow() throws IOException {
    Files.writeString(group.resolve("cgroup.procs"), "1\n22\n");
    Files.writeString(
        Files.createDirectory(group.resolve("inner")).resolve("cgroup.procs"), "333\n");

    assertThat(GroupFiles.processes(group)).containsExactly(1L, 22L, 333L);
    assertThat(GroupFiles.processes(group.resolve("none"))).isEmpty();
  }

  @Test
  void killsTheOthersThoughOneHasEndedMeanwhile() throws IOException {
    long ended;
    try (var first = Programs.sleeper()) {
      ended = first.pid();
    }
    try (var second = Programs.sleeper()) {
      Files.writeString(group.resolve("cgroup.procs"), ended + "\n" + second.pid() + "\n");

      assertThatCode(() -> GroupFiles.killOnce(group)).doesNotThrowAnyException();

      assertThat(second.process().onExit().join().exitValue()).isEqualTo(128 + 9);
    }
  }

  @Test
  void removesAGroupWithAllBelow() throws IOException {
    Path top = Files.createDirectory(group.resolve("top"));
    Files.createDirectories(top.resolve("a/b"));

    GroupFiles.remove(top);
    GroupFiles.remove(top);

    assertThat(top).doesNotExist();
  }

  @Test
  void readsNothingAsZero() throws IOException {
    assertThat(GroupFiles.readLong(group.resolve("none"))).isZero();
    assertThat(GroupFiles.readLong(Files.writeString(group.resolve("max"), "max\n"))).isZero();
    assertThat(GroupFiles.readLong(Files.writeString(group.resolve("n"), "4096\n")))
        .isEqualTo(4096);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0", // of the host
    "1879048192, 1900019712", // the root of a VPS
    "1879048225, 1900019745", // www-data of a VPS
    "1900019745, 1900019745", // its own already
  })
  void movesTheUsersOfAVpsIntoTheRangeThatItHasHere(int before, int after) throws IOException {
    Path file = Files.createFile(group.resolve("cgroup.procs"));
    GroupFiles.chown(file, before);

    GroupFiles.moveIntoRange(file, Samples.HOST_ID_BASE);

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(after);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(after);
  }

  @Test
  void passesOverAFileThatThisKernelDoesNotHave() {
    assertThatCode(
            () -> {
              GroupFiles.chown(group.resolve("none"), 1);
              GroupFiles.moveIntoRange(group.resolve("none"), 1);
            })
        .doesNotThrowAnyException();
  }
}
