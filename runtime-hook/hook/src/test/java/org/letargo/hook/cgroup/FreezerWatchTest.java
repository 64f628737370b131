package org.letargo.hook.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreezerWatchTest {
  @TempDir Path folder;
  private Path state;
  private Path wchan;

  @BeforeEach
  void tracesAFrozenProcess() throws IOException {
    state = Files.writeString(group().resolve("freezer.state"), "FROZEN\n");
    Files.writeString(group().resolve("cgroup.procs"), "41\n42\n");
    Files.writeString(process(41).resolve("status"), "Name:\tinit\nTracerPid:\t0\n");
    Files.writeString(process(42).resolve("status"), "Name:\tsh\nTracerPid:\t99\n");
    wchan = Files.writeString(process(99).resolve("wchan"), "ptrace_attach");
  }

  private Path group() throws IOException {
    return Files.createDirectories(folder.resolve("freezer/web1"));
  }

  private Path process(int pid) throws IOException {
    return Files.createDirectories(folder.resolve("proc").resolve(String.valueOf(pid)));
  }

  private FreezerWatch watch() throws IOException {
    return new FreezerWatch(group(), folder.resolve("proc"));
  }

  @Test
  void thawsWhenTheEngineWaitsForAStoppedProcess() throws IOException {
    try (FreezerWatch watch = watch().start()) {
      assertThat(watch).isNotNull();
      Awaitility.await().until(() -> Files.readString(state).equals("THAWED"));
    }
  }

  @Test
  void doesNotThawWhenTheEngineAttachesForAMoment() throws IOException {
    FreezerWatch watch = watch();

    watch.look();
    watch.look();
    Files.writeString(wchan, "do_wait");
    watch.look();
    Files.writeString(wchan, "ptrace_attach");
    watch.look();
    watch.look();

    assertThat(state).hasContent("FROZEN");
    watch.look();
    assertThat(state).hasContent("THAWED");
  }

  @Test
  void leavesAVpsAloneThatNobodyTraces() throws IOException {
    Files.writeString(process(42).resolve("status"), "Name:\tsh\nTracerPid:\t0\n");
    FreezerWatch watch = watch();

    for (int look = 0; look < 10; look++) {
      watch.look();
    }

    assertThat(state).hasContent("FROZEN");
  }
}
