package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.testing.Programs;

@Timeout(60)
class InitProcessTest {
  @TempDir Path folder;

  @Test
  void isAliveWhileItRuns() throws IOException {
    InitProcess init;
    try (var sleeper = Programs.sleeper()) {
      init = new InitProcess(sleeper.pid(), startTicks(sleeper.pid()));

      assertThat(init.isAlive()).isTrue();
    }
    assertThat(init.isAlive()).isFalse();
  }

  @Test
  void isNotAnotherProcessThatHasItsNumber() throws IOException {
    try (var sleeper = Programs.sleeper()) {
      assertThat(new InitProcess(sleeper.pid(), startTicks(sleeper.pid()) - 1).isAlive()).isFalse();
    }
  }

  @Test
  void isNotAZombie() throws IOException {
    try (var parent =
        Programs.started(
            new ProcessBuilder(
                "sh",
                "-c",
                // ends once nobody waits for it any more
                "sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done' & echo $!;"
                    + " exec sleep 600"))) {
      long pid = Long.parseLong(parent.process().inputReader().readLine());
      await().until(() -> stat(pid).contains(") Z "));

      assertThat(new InitProcess(pid, startTicks(pid)).isAlive()).isFalse();
    }
  }

  @Test
  void isAliveThoughItsNameIsNoTextAndLooksLikeFields() throws IOException {
    try (var sleeper =
        Programs.started(
            new ProcessBuilder(
                    "sh",
                    "-c",
                    "n=$(printf 'a) Z \\303'); cp /bin/sleep \"$n\"; echo $$; exec \"./$n\" 600")
                .directory(folder.toFile()))) {
      await().until(() -> stat(sleeper.pid()).contains("(a) Z \u00c3)"));

      assertThat(new InitProcess(sleeper.pid(), startTicks(sleeper.pid())).isAlive()).isTrue();
    } finally {
      try (var files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
  }

  private static String stat(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
  }

  /** Field 22 of proc(5), counted behind the name. */
  private static long startTicks(long pid) throws IOException {
    String stat = stat(pid);
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
  }
}
