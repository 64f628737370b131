package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Programs.Sleeper;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.VpsFolder;

@Timeout(60)
class LeftoversTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({
    "checkpoint, --image-path, state/vps/web1/checkpoints/x",
    "restore, --image-path, state/vps/web1/checkpoints/x",
    "create, --bundle, run/vps/web1",
  })
  void waitsForARuncOfThisVps(String verb, String option, String path) throws Exception {
    VpsFolder folder = Samples.folder(temporary);
    try (Sleeper runc = runc(verb, option, temporary.resolve(path).toString(), "web1")) {
      FutureTask<Void> waiting =
          new FutureTask<>(() -> Leftovers.await(folder, Duration.ofSeconds(50)), null);
      Thread.ofPlatform().start(waiting);
      await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(2))
          .until(() -> !waiting.isDone());

      runc.process().getOutputStream().close(); // it ends by itself

      waiting.get(20, TimeUnit.SECONDS);
      assertThat(runc.process().waitFor()).isZero();
    }
  }

  @Test
  void killsOneThatDoesNotEnd() throws IOException {
    VpsFolder folder = Samples.folder(temporary);
    try (Sleeper runc = runc("checkpoint", folder.state() + "/checkpoints/x", "web1")) {
      Leftovers.await(folder, Duration.ofMillis(100));

      assertThat(runc.process().onExit().join().exitValue()).isEqualTo(128 + 9);
    }
  }

  @Test
  void leavesAllOthersAlone() throws IOException {
    VpsFolder folder = Samples.folder(temporary);
    String state = folder.state().toString();
    try (Sleeper otherVps = runc("checkpoint", state + "0/checkpoints/x", "web10");
        Sleeper otherInstance = runc("checkpoint", "/elsewhere/vps/web1/checkpoints/x", "web1");
        Sleeper otherVerb = runc("exec", state + "/x", "web1");
        Sleeper otherProgram = started("/usr/bin/tar", "checkpoint", state + "/x", "web1")) {
      Leftovers.await(folder, Duration.ZERO);

      for (Sleeper each : List.of(otherVps, otherInstance, otherVerb, otherProgram)) {
        assertThat(each.process().isAlive()).isTrue();
      }
    }
  }

  private static Sleeper runc(String... words) throws IOException {
    return started("/usr/sbin/runc", words);
  }

  /** A shell under another name, which ends when its input does. */
  private static Sleeper started(String name, String... words) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "bash", "-c", "exec -a \"$0\" sh -c 'echo ready; read -r _; exit 0' \"$@\"", name));
    line.addAll(List.of(words));
    Sleeper started = Programs.started(new ProcessBuilder(line));
    assertThat(started.process().inputReader().readLine()).isEqualTo("ready");
    assertThat(Files.readString(Path.of("/proc/" + started.pid() + "/cmdline")))
        .startsWith(name + "\0");
    return started;
  }
}
