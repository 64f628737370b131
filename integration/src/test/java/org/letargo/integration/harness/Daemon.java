package org.letargo.integration.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One of the two processes of an instance, as a child of the test JVM: started, killed and started
 * again. What it says goes to its log. One thread at a time.
 */
public final class Daemon {
  private static final Duration LONGEST_END = Duration.ofSeconds(90);

  private final String name;
  private final Path log;
  private final List<String> command;
  private Process process;

  Daemon(String name, Path log, List<String> command) {
    this.name = name;
    this.log = log;
    this.command = List.copyOf(command);
  }

  void start(Map<String, String> environment) {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().remove("LETARGO_FAULT");
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** kill -9, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /**
   * SIGTERM, and waits until it is gone.
   *
   * @return its exit status
   */
  public int stop() {
    process.destroy();
    return awaitEnd();
  }

  /** Waits until it has ended by itself. */
  public int awaitEnd() {
    try {
      if (!process.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " did not end within " + LONGEST_END + "\n" + logTail(40));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What its file descriptors are now, sorted: paths, {@code socket:[12]}. */
  public List<String> openDescriptors() {
    try (Stream<Path> found = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
      return found.flatMap(Daemon::target).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> target(Path descriptor) {
    try {
      return Stream.of(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException e) {
      return Stream.empty(); // closed meanwhile
    }
  }

  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines of its log, with its name above. */
  public String logTail(int lines) {
    List<String> all = log().lines().toList();
    return "--- "
        + name
        + "\n"
        + String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()))
        + "\n";
  }
}
