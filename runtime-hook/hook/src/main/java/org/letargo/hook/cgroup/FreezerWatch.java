package org.letargo.hook.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the engine seize processes that are stopped (by SIGSTOP, say) where the freezer is that of
 * version 1. The engine freezes the VPS and then attaches to each of its processes; attaching to a
 * stopped one waits until that has taken note (kernel/ptrace.c, JOBCTL_TRAPPING), which it cannot
 * while it is frozen. Both would wait for ever, and no timeout of the engine ends it. So when the
 * engine is seen to wait there, the VPS is thawed; the engine then stops the rest of it one by one,
 * as it does where there is no freezer, and fails the dump if one escapes it by a fork.
 *
 * <p>The kernel tells nobody of such a wait, so it is looked for again and again, on a thread of
 * its own, until {@link #close}.
 */
final class FreezerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FreezerWatch.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  /** In so many looks one after another; attaching to any other process takes microseconds. */
  private static final int LOOKS = 3;

  private final Path group;
  private final Path proc;
  private final CountDownLatch closed = new CountDownLatch(1);
  private int seen;

  /**
   * @param group the VPS's folder in the hierarchy of the freezer
   * @param proc where processes are seen, /proc
   */
  FreezerWatch(Path group, Path proc) {
    this.group = group;
    this.proc = proc;
  }

  /** Begins to look. */
  FreezerWatch start() {
    Thread.ofPlatform().daemon(true).name("freezer-" + group.getFileName()).start(this::run);
    return this;
  }

  private void run() {
    try {
      while (!closed.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks once, and thaws if the engine has been seen to wait often enough. */
  void look() {
    Path state = group.resolve("freezer.state");
    seen = text(state).strip().equals("FROZEN") && engineAttaches() ? seen + 1 : 0;
    if (seen == LOOKS) {
      LOG.info("{} is thawed, so that the engine can seize a process that is stopped", group);
      try {
        Files.writeString(state, "THAWED");
      } catch (IOException e) {
        LOG.warn("cannot thaw {}, continuing without it: {}", group, e.toString());
      }
    }
  }

  private boolean engineAttaches() {
    return GroupFiles.processes(group).stream()
        .map(pid -> tracer(proc.resolve(String.valueOf(pid)).resolve("status")))
        .flatMap(Optional::stream)
        .distinct()
        .anyMatch(engine -> text(proc.resolve(engine).resolve("wchan")).contains("ptrace_attach"));
  }

  private static Optional<String> tracer(Path status) {
    try (Stream<String> lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("TracerPid:"))
          .map(line -> line.substring("TracerPid:".length()).strip())
          .filter(pid -> !pid.equals("0"))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // it has ended
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // it is gone
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
