package org.letargo.integration.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A client on a {@link Segment} that keeps one TCP connection to the program {@code tally} of a VPS
 * and counts, some fifty steps a second: each answer must be one more than the last. Closing it
 * ends the count.
 */
public final class TallyClient implements AutoCloseable {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);

  /** Sends a line, prints what is answered, waits a moment; its status tells what broke. */
  private static final String COUNT =
      """
      exec 4< <(exec sleep infinity)
      waiting=$!
      trap 'kill $waiting' EXIT
      exec 3<>"/dev/tcp/$1/$2" || exit 10
      while echo >&3; do
        read -r number <&3 || exit 11
        echo "$number" || exit 12
        read -rt 0.02 -u 4
      done
      exit 13
      """;

  private final Process process;
  private final Thread thread;
  private volatile long counted;
  private volatile long longestGapNanos;
  private volatile boolean ending;
  private volatile String failure = "";

  /** Begins to count. */
  public TallyClient(Segment segment, String address, int port) {
    try {
      process =
          new ProcessBuilder(
                  segment.command(
                      List.of("bash", "-c", COUNT, "tally", address, String.valueOf(port))))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().name("tally").daemon(true).start(this::count);
  }

  private void count() {
    try (BufferedReader answers = process.inputReader()) {
      long before = System.nanoTime();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        long now = System.nanoTime();
        longestGapNanos = Math.max(longestGapNanos, now - before);
        before = now;
        long answer = Long.parseLong(line);
        if (counted > 0 && answer != counted + 1) {
          failure = "after " + counted + " came " + answer;
          return;
        }
        counted = answer;
      }
      if (!ending) {
        failure = "after " + counted + ": the connection broke, status " + process.waitFor();
      }
    } catch (IOException e) {
      if (!ending) {
        failure = "after " + counted + ": " + e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until it has counted further than now; fails if a step was lost, doubled or refused. */
  public void expectToGoOn() {
    long before = counted;
    Awaitility.await("the count to go on after " + before)
        .pollInterval(Duration.ofMillis(20))
        .atMost(LONGEST_SILENCE)
        .until(() -> {
          requireNoFailure();
          return counted > before + 5;
        });
  }

  /** Fails if a step was lost, doubled or refused. */
  public void requireNoFailure() {
    if (!failure.isEmpty()) {
      throw new AssertionError("the count broke " + failure);
    }
  }

  /** How many steps were answered. */
  public long counted() {
    return counted;
  }

  /** The longest time between two answers since it was asked for last. */
  public Duration longestGap() {
    Duration gap = Duration.ofNanos(longestGapNanos);
    longestGapNanos = 0;
    return gap;
  }

  @Override
  public void close() {
    ending = true;
    process.destroy();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
