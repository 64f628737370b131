package org.letargo.hook.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.engine.Inode;
import org.letargo.hook.engine.OpenFiles;
import org.letargo.hook.protocol.VpsProcess;
import org.letargo.hook.testing.Programs;

/** Scenes of real processes. */
class SceneTest {
  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path folder;

  @Test
  void findsTheInodesThatAProcessWatches() throws IOException {
    Path watched = Files.createDirectory(folder.resolve("watched"));
    try (var watch = folder.getFileSystem().newWatchService()) {
      watched.register(watch, StandardWatchEventKinds.ENTRY_CREATE);

      OpenFiles open = Scene.read(SELF, List.of(SELF)).openFiles();

      assertThat(open.watched()).contains(inode(watched)).doesNotContain(inode(folder));
    }
  }

  @Test
  void findsFilesThatAreOpenAndDeleted() throws IOException {
    Path large = Files.write(folder.resolve("large"), new byte[3_000_000]);
    Path kept = Files.write(folder.resolve("kept"), new byte[5_000_000]);
    Path small = Files.write(folder.resolve("small"), new byte[1000]);
    try (var one = sleeperWith(large);
        var two = sleeperWith(kept);
        var three = sleeperWith(small)) {
      long before = Scene.read(SELF, List.of(SELF)).openFiles().deletedBytes();
      Files.delete(large);
      Files.delete(small);
      List<Long> pids = List.of(SELF, one.pid(), two.pid(), three.pid());

      OpenFiles open = Scene.read(SELF, pids).openFiles();

      assertThat(open.largestDeletedBytes()).isEqualTo(3_000_000);
      assertThat(open.deletedBytes() - before).isEqualTo(3_001_000);
    }
  }

  @Test
  void partsThoseBelowPidOneFromTheOthers() {
    try (var below = Programs.sleeper()) {
      long outsider = ProcessHandle.current().parent().orElseThrow().pid();

      Scene scene = Scene.read(SELF, List.of(SELF, below.pid(), outsider));

      assertThat(scene.members().stream().map(GuestProcess::hostPid))
          .containsExactlyInAnyOrder(SELF, below.pid());
      assertThat(scene.guests().stream().map(GuestProcess::hostPid)).containsExactly(outsider);
      assertThat(scene.members().getLast().name())
          .isEqualTo(new VpsProcess((int) below.pid(), "sleep"));
    }
  }

  @Test
  void passesOverAProcessThatHasEnded() {
    long pid;
    try (var sleeper = Programs.sleeper()) {
      pid = sleeper.pid();
    }

    Scene scene = Scene.read(pid, List.of(pid));

    assertThat(scene.members()).isEmpty();
    assertThat(scene.openFiles().deletedBytes()).isZero();
    for (Check check : Check.ALL) {
      check.search(scene, new Findings());
    }
  }

  /** The mappings of a JVM are many, and none of them is an obstacle. */
  @Test
  void findsNothingThatBlocksInThisProcess() {
    Findings findings = new Findings();
    Scene scene = Scene.read(SELF, List.of(SELF));
    for (Check check : List.of(new MappingCheck(), new KernelObjectCheck(), new PipeCheck())) {
      check.search(scene, findings);
    }

    assertThat(findings.obstacles()).noneMatch(obstacle -> obstacle.blocks());
  }

  @Test
  void readsStatusAsTheKernelWritesIt() {
    TaskStatus status =
        TaskStatus.parse(
            """
            Name:\ta (b)\\nPPid:\t9
            State:\tD (disk sleep)
            PPid:\t4711
            TracerPid:\t12
            NSpid:\t4712\t7
            NSsid:\t4700\t0
            Threads:\t3
            Cpus_allowed_list:\t0-3
            voluntary_ctxt_switches:\t40
            nonvoluntary_ctxt_switches:\t2
            """);

    assertThat(status)
        .isEqualTo(new TaskStatus("a (b)\\nPPid:\t9", 'D', 4711, 12, 7, 0, 3, 42, "0-3"));
  }

  @Test
  void readsMappingsOfInterestOnly() {
    assertThat(
            MappedFile.parse(
                """
                55d0c0000000-55d0c0001000 r--p 00000000 08:01 1311                       /usr/bin/sleep
                7f1200000000-7f1200001000 rw-s 00000000 00:01 3                          /SYSV00000000 (deleted)
                7f1200001000-7f1200002000 r-xp 00000000 08:01 1312                       /usr/lib/two words.so (deleted)
                7f1200002000-7f1200003000 rw-s 00000000 00:0f 7                          anon_inode:[io_uring]
                7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]
                7f1200004000-7f1200005000 rw-p 00000000 00:00 0\s
                """))
        .containsExactly(
            new MappedFile("7f1200000000-7f1200001000", 3, "/SYSV00000000 (deleted)"),
            new MappedFile("7f1200001000-7f1200002000", 1312, "/usr/lib/two words.so (deleted)"),
            new MappedFile("7f1200002000-7f1200003000", 7, "anon_inode:[io_uring]"));
  }

  @Test
  void readsWhatADescriptorIs() {
    DescriptorInfo info =
        DescriptorInfo.parse(
            """
            pos:\t0
            flags:\t02000000
            mnt_id:\t15
            ino:\t10303
            inotify wd:2 ino:20c sdev:29 mask:fc ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:0c
            inotify wd:1 ino:7 sdev:800001 mask:fc ignored_mask:0 fhandle-bytes:8
            """);

    assertThat(info.flags()).isEqualTo(02000000);
    assertThat(info.mount()).isEqualTo(15);
    assertThat(info.watched()).containsExactly(new Inode(0x29, 0x20c), new Inode(0x801, 7));
  }

  @Test
  void passesOverLinesThatDriversWriteInTheirOwnWay() {
    assertThat(DescriptorInfo.parse("flags:\tunknown\nmnt_id:\nno colon\nPid:\tsome\n"))
        .isEqualTo(DescriptorInfo.NONE);
  }

  private static Programs.Sleeper sleeperWith(Path input) {
    return Programs.started(new ProcessBuilder("sleep", "600").redirectInput(input.toFile()));
  }

  private static Inode inode(Path path) throws IOException {
    return new Inode(
        (long) Files.getAttribute(path, "unix:dev"), (long) Files.getAttribute(path, "unix:ino"));
  }
}
