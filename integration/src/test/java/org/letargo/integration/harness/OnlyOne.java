package org.letargo.integration.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at the process table of this machine, which all test hosts share, again and again: of the
 * processes that have a token in their command line there may never be two that can run. It asks
 * nobody of Letargo.
 */
public final class OnlyOne implements AutoCloseable {
  private static final long OFTEN_MILLIS = 15;
  private static final Pattern PENDING = Pattern.compile("\nSigPnd:\t([0-9a-f]{16})\n");
  private static final long SIGKILL_BIT = 1L << 8;
  private static final long PF_EXITING = 0x4;
  private static final long PF_SIGNALED = 0x400;

  /** Of /proc/PID/stat, counted from the one behind the name. */
  private static final int FLAGS_FIELD = 6;

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

  /**
   * The engine holds those that it saves or has just restored by ptrace. Who was sent SIGKILL runs
   * nothing of its program any more, but is shown as running until it has a processor to die on.
   */
  private static boolean canRun(long pid) {
    String status = text(Path.of("/proc/" + pid + "/status"));
    return (status.contains("\nState:\tS") || status.contains("\nState:\tR"))
        && status.contains("\nTracerPid:\t0\n")
        && !isDying(pid, status);
  }

  /**
   * SIGKILL is pending, or the kernel has set PF_EXITING or PF_SIGNALED (include/linux/sched.h).
   */
  private static boolean isDying(long pid, String status) {
    Matcher pending = PENDING.matcher(status);
    if (pending.find() && (Long.parseUnsignedLong(pending.group(1), 16) & SIGKILL_BIT) != 0) {
      return true;
    }
    String stat = text(Path.of("/proc/" + pid + "/stat"));
    String[] behindName = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    return behindName.length <= FLAGS_FIELD
        || (Long.parseLong(behindName[FLAGS_FIELD]) & (PF_EXITING | PF_SIGNALED)) != 0;
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
