package org.letargo.integration.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A VPS of an instance, by its name. The verbs wait until they are done and fail the test if they
 * fail; {@link #fails} is for those that must.
 */
public final class Vps {
  private static final Duration LONGEST_BOOT = Duration.ofSeconds(60);
  private static final long LONGEST_COMMAND_SECONDS = 120;

  private final Instance instance;
  private final String name;

  Vps(Instance instance, String name) {
    this.instance = instance;
    this.name = name;
  }

  public String name() {
    return name;
  }

  public void start() {
    act("start");
  }

  public void suspend() {
    act("suspend");
  }

  public void resume() {
    act("resume");
  }

  /** Takes a checkpoint and runs on. */
  public void checkpoint() {
    instance.api().run("POST", path() + "/checkpoints");
  }

  /** With the default grace time. */
  public void stop() {
    act("stop");
  }

  public void destroy() {
    instance.api().run("DELETE", path());
  }

  /** Any verb of the API: start, stop, restart, suspend, resume, pause, unpause. */
  public Operation act(String verb) {
    return instance.api().run("POST", path() + "/" + verb);
  }

  /** Why a verb fails; the test fails if it does not. */
  public Failure fails(String verb) {
    return instance.api().fails("POST", path() + "/" + verb, Map.of());
  }

  public void exportTo(Path file) {
    instance.api().exportTo(name, file);
  }

  /** What a preflight of it finds. */
  public JsonNode preflight() {
    return instance.api().get(path() + "/preflight");
  }

  /** How the API shows it. */
  public JsonNode view() {
    return instance.api().get(path());
  }

  public String state() {
    return view().path("state").asText();
  }

  public String address() {
    return view().path("address").asText();
  }

  /** Its first process as the host counts. */
  public long initPid() {
    return view().path("initPid").asLong();
  }

  private String path() {
    return "/v1/vps/" + name;
  }

  /** Its folder in the hook's state. */
  public Path folder() {
    return instance.state().resolve("vps").resolve(name);
  }

  /** Runs a command in it, without input. */
  public ExecResult exec(String... command) {
    return execWithInput(new byte[0], command);
  }

  /** Runs a command in it that reads these bytes from its standard input. */
  public ExecResult execWithInput(byte[] input, String... command) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try (Socket socket =
        new Socket(
            instance.api(),
            path() + "/exec",
            bytes -> (bytes[0] == 2 ? errors : output).write(bytes, 1, bytes.length - 1))) {
      socket.sendText(Map.of("command", List.of(command)));
      socket.send(input);
      socket.sendText(Map.of("inputEnd", true));
      int status = socket.awaitOutcome(LONGEST_COMMAND_SECONDS).path("exitStatus").asInt(-1);
      return new ExecResult(status, output.toByteArray(), errors.toByteArray());
    }
  }

  /**
   * Runs a shell script in it, which must succeed.
   *
   * @return its output, without white space around it
   */
  public String sh(String script) {
    ExecResult result = exec("sh", "-c", script);
    if (result.status() != 0) {
      throw new AssertionError(
          "in '%s': %s%nended with status %d: %s %s"
              .formatted(name, script, result.status(), result.text(), result.errorText()));
    }
    return result.text();
  }

  /** Writes a file in it. */
  public void install(String path, byte[] bytes, String mode) {
    ExecResult result =
        execWithInput(bytes, "sh", "-c", "cat > '%1$s' && chmod %2$s '%1$s'".formatted(path, mode));
    if (result.status() != 0) {
      throw new AssertionError("cannot write " + path + ": " + result.errorText());
    }
  }

  /**
   * Puts a payload program at {@code /usr/bin/NAME}; its source is src/test/c/NAME.c.
   *
   * @return its path in the VPS
   */
  public String installPayload(String payload) {
    try {
      install("/usr/bin/" + payload, Files.readAllBytes(Programs.payload(payload)), "755");
      return "/usr/bin/" + payload;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * Starts a program that belongs to the VPS and is suspended with it, as a command of {@code exec}
   * is not. Its output goes to {@code /run/LOG.log}.
   */
  public void daemon(String log, String command) {
    sh("setsid %s </dev/null >/run/%s.log 2>&1 &".formatted(command, log));
  }

  /** Waits until systemd in it says that all is started. */
  public void awaitSystemd() {
    Awaitility.await("systemd in '" + name + "'")
        .pollInterval(Duration.ofMillis(200))
        .atMost(LONGEST_BOOT)
        .until(() -> {
          String said = exec("systemctl", "is-system-running").text();
          if (said.equals("degraded")) {
            throw new AssertionError(
                "systemd is degraded: " + exec("systemctl", "--failed", "--no-legend").text());
          }
          return said.equals("running");
        });
  }

  /** Sits down at its console. */
  public Console console(int rows, int columns) {
    return new Console(instance.api(), name, rows, columns);
  }
}
