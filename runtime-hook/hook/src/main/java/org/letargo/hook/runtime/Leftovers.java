package org.letargo.hook.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.letargo.hook.command.Command;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.NativeException;
import org.letargo.linux.Pidfd;

/**
 * runc and the engine go on when the hook dies. Before anything is decided about their VPS they
 * must have ended: one that suspends will be refused by the relay, which finds nobody, and let the
 * VPS run.
 */
public final class Leftovers {
  private Leftovers() {}

  /** How long an engine may take to undo what it did when its runtime is gone. */
  private static final Duration ENGINE_GIVES_UP = Duration.ofSeconds(60);

  private static final Set<String> VERBS = Set.of("create", "checkpoint", "restore");
  private static final String LAZILY = "--lazy-pages";

  /** Waits for every {@code runc} that makes, suspends or resumes this VPS. */
  public static void await(VpsFolder folder, Duration longest) {
    Instant end = Instant.now().plus(longest);
    for (long pid : find(folder)) {
      try (Pidfd process = Pidfd.open(pid)) {
        Path there = Path.of("/proc", String.valueOf(pid));
        if (line(there).filter(line -> isRuncOf(folder, line)).isEmpty()) {
          continue; // it had ended, and its number is another's
        }
        Duration left = Duration.between(Instant.now(), end);
        if (left.isNegative() || !process.awaitExit(left)) {
          ProcessHandle.of(pid).ifPresent(runc -> Command.killAlone(runc, ENGINE_GIVES_UP));
          process.awaitExit(Duration.ofSeconds(5));
        }
      } catch (NativeException e) {
        // it has ended
      }
    }
  }

  /**
   * Kills every {@code runc} that resumes this VPS lazily, its engine and the tasks: without the
   * memory that is to come they do not end by themselves. conmon then says that it failed.
   */
  public static void killLazyRestores(VpsFolder folder) {
    for (long pid : find(line -> isRuncOf(folder, line) && line.contains(LAZILY))) {
      ProcessHandle.of(pid).ifPresent(runc -> Command.killAlone(runc, Duration.ZERO));
    }
  }

  /**
   * Ends the engine's daemons that a hook which died had started to bring this VPS its memory. The
   * VPS must have no processes: they would go on without it.
   */
  public static void endDaemons(VpsFolder folder) {
    String images = folder.images().toString();
    for (long pid : find(line -> line.contains("lazy-pages") && line.contains(images))) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static List<Long> find(VpsFolder folder) {
    return find(line -> isRuncOf(folder, line));
  }

  private static List<Long> find(Predicate<List<String>> wanted) {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        if (line(process).filter(wanted).isPresent()) {
          found.add(Long.valueOf(process.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot list /proc", e);
    }
    return found;
  }

  private static boolean isRuncOf(VpsFolder folder, List<String> line) {
    return line.getFirst().endsWith("runc")
        && line.stream().anyMatch(VERBS::contains)
        && line.stream().anyMatch(word -> isWithin(word, folder))
        && line.getLast().equals(folder.name().value());
  }

  /** Program and arguments; empty if it has ended. */
  private static Optional<List<String>> line(Path process) {
    try {
      String words =
          new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
      return Optional.of(List.of(words.split("\0")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The images lie in the state folder; the bundle of a container is the run folder. */
  private static boolean isWithin(String word, VpsFolder folder) {
    return word.startsWith(folder.state() + "/") || word.equals(folder.run().toString());
  }
}
