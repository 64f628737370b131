package org.letargo.integration.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host that a test runs to prepare something or to look at it. */
public final class HostCommand {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private HostCommand() {}

  /**
   * How it ended.
   *
   * @param output what it wrote to standard output
   * @param errors what it wrote to standard error
   */
  public record Result(int status, String output, String errors) {}

  /** Runs it and returns its output; another exit status than 0 fails the test. */
  public static String run(String... command) {
    return run(List.of(command));
  }

  /** {@link #run(String...)}. */
  public static String run(List<String> command) {
    Result result = tried(command);
    if (result.status() != 0) {
      throw new AssertionError(
          String.join(" ", command)
              + " ended with status "
              + result.status()
              + ": "
              + result.output()
              + result.errors());
    }
    return result.output();
  }

  /** Runs it, however it ends. Its input is empty. */
  public static Result tried(List<String> command) {
    try {
      Path errors = Files.createTempFile("lt-", ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(String.join(" ", command) + " did not end within " + LONGEST);
        }
        return new Result(process.exitValue(), output, Files.readString(errors));
      } finally {
        Files.deleteIfExists(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
