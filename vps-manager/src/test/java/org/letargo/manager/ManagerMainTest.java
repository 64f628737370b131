package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.testing.FakeHook;

/** The program, as a process of its own. */
class ManagerMainTest {
  @TempDir Path dir;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ManagerMain.class.getName());
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(dir.resolve("out").toFile())
            .redirectError(dir.resolve("err").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private String out() throws IOException {
    return Files.readString(dir.resolve("out"));
  }

  private String err() throws IOException {
    return Files.readString(dir.resolve("err"));
  }

  private Path config(String yaml) throws IOException {
    return Files.writeString(dir.resolve("letargo.yaml"), yaml);
  }

  @Test
  void servesUntilItIsTerminated() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path config =
        config(
            """
            state-dir: %s
            run-dir: %s
            manager:
              listen: "127.0.0.1:%d"
              log-format: json
            """
                .formatted(dir.resolve("state"), dir, port));
    try (FakeHook hook = FakeHook.start(dir.resolve("hook.sock"));
        HttpClient http = HttpClient.newHttpClient()) {
      long before = System.nanoTime();
      Process process = start("--config", config.toString());
      HttpRequest health =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(10))
          .ignoreExceptions()
          .until(() -> http.send(health, BodyHandlers.discarding()).statusCode() == 200);
      System.out.printf(
          "the manager answered %.2f s after its start%n", (System.nanoTime() - before) / 1e9);
      Path tokenFile = dir.resolve("state/manager/admin.token");

      process.destroy();

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      await().until(() -> hook.openRequests() == 0);
      assertThat(out()).isEqualTo("The first token (role admin) is in " + tokenFile + "\n");
      assertThat(err())
          .contains("\"configuration {}: {}\"", "\"manager.listen\"", "listening on")
          .doesNotContain(Files.readString(tokenFile).strip());
    }
  }

  @Test
  void endsWithASentenceWhenItsConfigurationIsWrong() throws Exception {
    Process process = start("--config", config("colour: blue").toString());

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(err())
        .startsWith("letargo-manager: the configuration ")
        .contains("the key 'colour', which is not known")
        .hasLineCount(1);
  }

  @Test
  void endsWithASentenceWhenItsPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Path config =
          config(
              """
              state-dir: %s
              run-dir: %s
              manager: {listen: "127.0.0.1:%d"}
              """
                  .formatted(dir, dir, taken.getLocalPort()));

      Process process = start("--config", config.toString());

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(err()).contains("letargo-manager: the HTTP server does not start");
    }
  }

  @Test
  void saysHowItIsCalled() throws Exception {
    Process process = start("--help-me");

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(err()).isEqualTo("usage: letargo-manager [--config FILE]\n");
  }
}
