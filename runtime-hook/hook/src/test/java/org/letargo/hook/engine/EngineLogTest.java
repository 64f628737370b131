package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;
import org.letargo.hook.protocol.VpsProcess;

class EngineLogTest {
  private static final LongFunction<Optional<VpsProcess>> NOBODY = _ -> Optional.empty();

  @TempDir Path folder;

  @Test
  void explainsNothingOfARunThatWentWell() throws IOException {
    assertThat(
            explained(
                """
                (00.021720) Collecting netns 8/13
                (00.021728) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
                (00.145357) Warn  (compel/arch/x86/src/lib/infect.c:419): Will restore 9591 with interrupted system call
                (00.190011) Dumping finished successfully
                """,
                NOBODY))
        .isEmpty();
  }

  @Test
  void namesProcessAndDescriptorOfWhatCannotBeDumped() throws IOException {
    Explanation behind =
        explained(
                """
                (00.021728) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
                (00.111222) Dumping task (pid: 4711 comm: node)
                (00.111300) sid=7 pgid=7 pid=7
                (00.111400) Dumping opened files (pid: 4711)
                (00.111500) fdinfo: pos:                0 flags:           100002/0x1
                (00.111600) Error (criu/files-ext.c:98): Can't dump file 5 of that type [600] (anon [fscontext])
                (00.111700) ----------------------------------------
                (00.111800) Error (criu/cr-dump.c:1698): Dump files (pid: 4711) failed with -1
                (00.112000) Error (criu/cr-dump.c:2128): Dumping FAILED.
                """,
                pid -> Optional.of(new VpsProcess((int) (pid - 4704), "node")))
            .orElseThrow();

    assertThat(behind.obstacles())
        .containsExactly(
            Obstacle.of(
                    ObstacleKind.KERNEL_OBJECT,
                    Optional.of(new VpsProcess(7, "node")),
                    Optional.of(ObstacleResource.descriptor(5, "[fscontext]")))
                .because(
                    "this object of the kernel cannot be saved (the engine says: Can't dump file 5"
                        + " of that type [600] (anon [fscontext]))"));
    assertThat(behind.log())
        .containsExactly(
            "(00.111300) sid=7 pgid=7 pid=7",
            "(00.111400) Dumping opened files (pid: 4711)",
            "(00.111500) fdinfo: pos:                0 flags:           100002/0x1",
            "(00.111600) Error (criu/files-ext.c:98): Can't dump file 5 of that type [600] (anon"
                + " [fscontext])",
            "(00.111800) Error (criu/cr-dump.c:1698): Dump files (pid: 4711) failed with -1");
  }

  @Test
  void namesTheCommandWhenTheProcessIsGone() throws IOException {
    Explanation behind =
        explained(
                """
                (00.1) Dumping task (pid: 4711 comm: gdb (1))
                (00.2) Error (criu/pipes.c:490): The packetized mode for pipes is not supported yet
                """,
                NOBODY)
            .orElseThrow();

    assertThat(behind.obstacles().getFirst().process()).contains(new VpsProcess(0, "gdb (1)"));
  }

  @Test
  void showsAnErrorThatItDoesNotKnowWithItsContext() throws IOException {
    Explanation behind =
        explained(
                """
                (00.030583) Restoring what there is
                (00.030584) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
                (00.042637)      1: Error (criu/image.c:635): Unable to open timens-13.img: Permission denied
                (00.046367) Error (criu/cr-restore.c:2331): Restoring FAILED.
                (00.051466) Error (criu/cgroup.c:2055): cg: cgroupd: recv req error: File exists
                """,
                NOBODY)
            .orElseThrow();

    assertThat(behind.obstacles()).extracting(Obstacle::kind).containsExactly(ObstacleKind.UNKNOWN);
    assertThat(behind.obstacles().getFirst().reason())
        .isEqualTo("the engine says: Unable to open timens-13.img: Permission denied");
    assertThat(behind.log()).hasSize(4).first().isEqualTo("(00.030583) Restoring what there is");
  }

  @Test
  void takesThePidOfARestoreAsTheVpsCounts() throws IOException {
    Explanation behind =
        explained(
                "(00.04)     71: Error (criu/files-reg.c:2175): File usr/bin/redis has bad size 5"
                    + " (expect 6)\n",
                NOBODY)
            .orElseThrow();

    assertThat(behind.obstacles().getFirst().kind()).isEqualTo(ObstacleKind.CHANGED_FILE);
    assertThat(behind.obstacles().getFirst().process()).contains(new VpsProcess(71, ""));
    assertThat(behind.obstacles().getFirst().resource())
        .contains(new ObstacleResource(ObstacleResource.Type.FILE, "usr/bin/redis", ""));
  }

  @Test
  void keepsLittleOfALongLog() throws IOException {
    String lines =
        IntStream.range(0, 100)
            .mapToObj(i -> "(00.1) Error (a.c:1): %d %s\n".formatted(i, "x".repeat(9000)))
            .collect(Collectors.joining());

    Explanation behind = explained(lines, NOBODY).orElseThrow();

    assertThat(behind.log()).hasSize(10).allMatch(line -> line.length() < 310);
    assertThat(behind.obstacles().getFirst().reason()).hasSizeLessThan(210);
  }

  @Test
  void doesNotTakeTextOfTheVpsForAnError() throws IOException {
    assertThat(explained("(00.1) Dumping path for fd 3 (\"/tmp/Error (a.c:1): mine\")\n", NOBODY))
        .isEmpty();
  }

  @Test
  void readsALogThatIsNotText() throws IOException {
    byte[] log =
        "(00.1) \377\376\n(00.2) Error (a.c:1): Can't see \303\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("dump.log"), log);

    assertThat(EngineLog.explain(file, NOBODY).orElseThrow().obstacles())
        .extracting(Obstacle::reason)
        .isEqualTo(List.of("the engine says: Can't see \u00c3"));
  }

  @Test
  void explainsNothingWhereThereIsNoLog() {
    assertThat(EngineLog.explain(folder.resolve("dump.log"), NOBODY)).isEmpty();
  }

  private Optional<Explanation> explained(String log, LongFunction<Optional<VpsProcess>> processes)
      throws IOException {
    return EngineLog.explain(Files.writeString(folder.resolve("dump.log"), log), processes);
  }
}
