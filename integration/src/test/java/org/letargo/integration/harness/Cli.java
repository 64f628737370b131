package org.letargo.integration.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line {@code letargo} as a process of its own, as people run it. */
public final class Cli {
  private static final long LONGEST_SECONDS = 120;

  private final URI uri;
  private final String token;

  Cli(URI uri, String token) {
    this.uri = uri;
    this.token = token;
  }

  /** The same with another token, or none if it is empty. */
  public Cli withToken(String other) {
    return new Cli(uri, other);
  }

  /** Runs it, however it ends; its input is empty. */
  public HostCommand.Result run(String... arguments) {
    List<String> line =
        Programs.get()
            .java(
                "manager",
                "org.letargo.manager.cli.LetargoCli",
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    line.addAll(List.of(arguments));
    try {
      Path output = Files.createTempFile("lt-", ".out");
      Path errors = Files.createTempFile("lt-", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(line)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("LETARGO_URL", uri.toString());
        builder.environment().put("LETARGO_TOKEN", token);
        Process process = builder.start();
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("letargo " + String.join(" ", arguments) + " did not end");
        }
        return new HostCommand.Result(
            process.exitValue(), Files.readString(output), Files.readString(errors));
      } finally {
        Files.delete(output);
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
