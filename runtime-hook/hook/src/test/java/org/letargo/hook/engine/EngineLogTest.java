package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineLogTest {
  @TempDir Path folder;

  @Test
  void isEmptyForALogOfARunThatWentWell() throws IOException {
    assertErrors(
        """
        (00.021720) Collecting netns 8/13
        (00.021728) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
        (00.145357) Warn  (compel/arch/x86/src/lib/infect.c:419): Will restore 9591 with interrupted system call
        (00.190011) Dumping finished successfully
        """);
  }

  @Test
  void givesTheCauseOfAFailedRestoreFirst() throws IOException {
    assertErrors(
        """
        (00.030584) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
        (00.041745) Warn  (criu/cr-restore.c:1050): Set CLONE_PARENT | CLONE_NEWPID but it might cause restore problem,because not all kernels support such clone flags combinations!
        (00.042637)      1: Error (criu/image.c:635): Unable to open timens-13.img: Permission denied
        (00.046367) Error (criu/cr-restore.c:2331): Restoring FAILED.
        (00.051466) Error (criu/cgroup.c:2055): cg: cgroupd: recv req error: File exists
        """,
        "Unable to open timens-13.img: Permission denied",
        "cg: cgroupd: recv req error: File exists");
  }

  @Test
  void givesThreeAtMost() throws IOException {
    assertErrors(
        """
        (00.1) Error (a.c:1): one
        (00.2)    77: Error (a.c:2): two
        (00.3) Error (a.c:3): three
        (00.4) Error (a.c:4): four
        """,
        "one",
        "two",
        "three");
  }

  @Test
  void doesNotTakeTextOfTheVpsForAnError() throws IOException {
    assertErrors("(00.1) Dumping path for fd 3 (\"/tmp/Error (a.c:1): mine\")\n");
  }

  @Test
  void readsALogThatIsNotText() throws IOException {
    byte[] log =
        "(00.1) \377\376\n(00.2) Error (a.c:1): Can't open \303\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("dump.log"), log);

    assertThat(EngineLog.errors(folder.resolve("dump.log"))).containsExactly("Can't open \u00c3");
  }

  @Test
  void hasNoErrorsWhereThereIsNoLog() {
    assertThat(EngineLog.errors(folder.resolve("dump.log"))).isEmpty();
  }

  private void assertErrors(String log, String... errors) throws IOException {
    Path file = Files.writeString(folder.resolve("dump.log"), log);

    assertThat(EngineLog.errors(file)).containsExactly(errors);
  }
}
