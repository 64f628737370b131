package org.letargo.integration.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the process table of this machine, which all test hosts share, again and again: of the
 * processes that have a token in their command line there may never be two that can run. It asks
 * nobody of Letargo.
 */
public final class OnlyOne implements AutoCloseable {
  private static final long OFTEN_MILLIS = 15;

  private final String token;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile String violation = "";
  private volatile long looks;

  /** Begins to look. */
  public OnlyOne(String token) {
    this.token = token;
    this.thread = Thread.ofPlatform().name("only-one").daemon(true).start(this::watch);
  }

  private void watch() {
    try {
      while (!closed.await(OFTEN_MILLIS, TimeUnit.MILLISECONDS)) {
        List<Long> now = running();
        looks++;
        if (now.size() > 1 && violation.isEmpty()) {
          violation = "processes " + now + " ran at the same time";
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Those that are not dead, stopped by a tracer or frozen. */
  public List<Long> running() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(this::hasToken)
        .filter(OnlyOne::canRun)
        .toList();
  }

  private boolean hasToken(long pid) {
    return text(Path.of("/proc/" + pid + "/cmdline")).endsWith("\0" + token + "\0");
  }

  /** The engine holds those that it saves or has just restored by ptrace. */
  private static boolean canRun(long pid) {
    String status = text(Path.of("/proc/" + pid + "/status"));
    return (status.contains("\nState:\tS") || status.contains("\nState:\tR"))
        && status.contains("\nTracerPid:\t0\n");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  /** Fails if there ever were two; says how often it has looked. */
  public long requireNeverTwo() {
    if (!violation.isEmpty()) {
      throw new AssertionError(violation);
    }
    return looks;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
