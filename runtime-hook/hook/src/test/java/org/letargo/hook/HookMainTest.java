package org.letargo.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As a process, which never comes so far that it touches the host. */
@Timeout(120)
class HookMainTest {
  @TempDir Path folder;

  private record Outcome(int status, String errors) {}

  @Test
  void tellsItsUsage() throws Exception {
    for (List<String> arguments :
        List.of(
            List.of("--help"), List.of("--config"), List.of("a", "b"), List.of("a", "b", "c"))) {
      assertThat(run(arguments))
          .isEqualTo(new Outcome(2, "letargo-hook: usage: letargo-hook [--config FILE]\n"));
    }
  }

  @Test
  void refusesAConfigurationThatIsNotThere() throws Exception {
    Path file = folder.resolve("none.yaml");

    assertRefused(
        file,
        "the configuration is refused: " + file + " is not there. Mend the file and start again.");
  }

  @Test
  void refusesAConfigurationWithEveryErrorInOneSentence() throws Exception {
    assertRefused(
        Files.writeString(folder.resolve("bad.yaml"), "x: 1\nhook:\n  bridge: 0\n  y: 2\n"),
        "the configuration is refused: unknown key 'x'; unknown key 'hook.y'; 'hook.bridge' is not"
            + " a text. Mend the file and start again.");
  }

  @Test
  void refusesAFolderThatCannotBeMade() throws Exception {
    Path inTheWay = Files.createFile(folder.resolve("file"));

    assertRefused(
        Files.writeString(folder.resolve("hook.yaml"), "state-dir: " + inTheWay + "/state\n"),
        "cannot make folder "
            + inTheWay
            + "/state: "
            + inTheWay
            + "/state: Not a directory. See the hook's log.");
  }

  @Test
  void refusesAStateFolderThatAnotherHookUses() throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    Path file =
        Files.writeString(
            folder.resolve("hook.yaml"),
            "state-dir: " + state + "\nrun-dir: " + folder.resolve("run") + "\n");
    try (FileChannel other =
        FileChannel.open(
            state.resolve("hook.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(other.lock().isValid()).isTrue();

      assertRefused(file, "cannot start: another letargo-hook uses " + state + ".");
    }
  }

  private static void assertRefused(Path configuration, String message) throws Exception {
    assertThat(run(List.of("--config", configuration.toString())))
        .isEqualTo(new Outcome(2, "letargo-hook: " + message + "\n"));
  }

  private static Outcome run(List<String> arguments) throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                HookMain.class.getName()));
    line.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), errors);
  }
}
