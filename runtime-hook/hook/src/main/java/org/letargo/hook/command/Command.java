package org.letargo.hook.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * One run of a program of the host: never through a shell, with a small fixed environment, its
 * output capped at 1 MiB each, and an end in any case.
 */
public final class Command {
  private static final int MAX_OUTPUT_BYTES = 1 << 20;
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final List<String> line;
  private final Map<String, String> environment = new HashMap<>();
  private Duration timeout = Duration.ofSeconds(30);
  private Duration childrenGrace = Duration.ZERO;
  private byte[] input = new byte[0];

  private Command(List<String> line) {
    this.line = List.copyOf(line);
    environment.put("PATH", PATH);
    environment.put("LC_ALL", "C");
  }

  public static Command of(String... line) {
    return new Command(List.of(line));
  }

  public static Command of(List<String> line) {
    return new Command(line);
  }

  /** How it ended: exit status and the text of both outputs. */
  public record Result(List<String> line, int status, String output, String errors) {
    public boolean ok() {
      return status == 0;
    }

    /**
     * This, if the program succeeded.
     *
     * @param what what fails otherwise, for people
     * @throws VpsException HOST_UNFIT with the last lines of the program's errors
     */
    public Result orFail(String what) {
      if (!ok()) {
        throw new VpsException(Code.HOST_UNFIT, what, reason(), "");
      }
      return this;
    }

    /** Why it failed, in one line. */
    public String reason() {
      String said = errors.isBlank() ? output : errors;
      List<String> lines = said.strip().lines().map(String::strip).toList();
      String tail = String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
      return line.getFirst() + " ended with status " + status + (tail.isEmpty() ? "" : ": " + tail);
    }
  }

  public Command environment(String key, String value) {
    environment.put(key, value);
    return this;
  }

  /** Looks for programs here first. */
  public Command pathFirst(String folder) {
    environment.put("PATH", folder + ":" + PATH);
    return this;
  }

  public Command timeout(Duration longest) {
    timeout = longest;
    return this;
  }

  /** When it is killed, what it started has this long to give up by itself. */
  public Command childrenGrace(Duration grace) {
    childrenGrace = grace;
    return this;
  }

  public Command input(String text) {
    input = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** Starts it with this environment; the caller owns the process. */
  public Process start(ProcessBuilder.Redirect standardError) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(found(line)).redirectError(standardError);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  /**
   * The same with the whole path of its program: the JVM would look along the PATH that it was
   * started with itself, which may be that of a person with programs of their own.
   */
  private List<String> found(List<String> command) throws IOException {
    String program = command.getFirst();
    if (program.contains("/")) {
      return command;
    }
    Path file =
        Stream.of(environment.get("PATH").split(":"))
            .map(folder -> Path.of(folder, program))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IOException("no such program in " + environment.get("PATH")));
    List<String> absolute = new ArrayList<>(command);
    absolute.set(0, file.toString());
    return absolute;
  }

  /**
   * Starts it with this as its controlling terminal, for all three streams; the caller owns the
   * process.
   *
   * @param terminal the device, /dev/pts/N
   */
  public Process startOnTerminal(Path terminal) throws IOException {
    List<String> session = new ArrayList<>(List.of("setsid", "--ctty", "--wait"));
    session.addAll(line);
    ProcessBuilder builder =
        new ProcessBuilder(found(session))
            .redirectInput(terminal.toFile())
            .redirectOutput(terminal.toFile())
            .redirectError(terminal.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  /**
   * Runs it to its end.
   *
   * @throws VpsException HOST_UNFIT if it cannot be started or is not done in time; it is killed
   *     then
   */
  public Result run() {
    Process process;
    try {
      process = start(ProcessBuilder.Redirect.PIPE);
    } catch (IOException e) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot run " + line.getFirst(),
          String.valueOf(e.getMessage()),
          "Install it, then try again.",
          e);
    }
    Capture output = new Capture(process.getInputStream());
    Capture errors = new Capture(process.getErrorStream());
    Thread outputThread = start(output);
    Thread errorThread = start(errors);
    start(() -> feed(process)); // one that does not read must end in time too
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        killAlone(process.toHandle(), childrenGrace);
        throw new VpsException(
            Code.HOST_UNFIT,
            line.getFirst() + " was killed",
            "it had not ended after " + timeout.toSeconds() + " seconds",
            "See whether the host is overloaded.");
      }
      // A daemon that the program left behind may hold the pipes open; what it says is not ours.
      outputThread.join(Duration.ofSeconds(2));
      errorThread.join(Duration.ofSeconds(2));
      return new Result(line, process.exitValue(), output.text(), errors.text());
    } catch (InterruptedException e) {
      killAlone(process.toHandle(), childrenGrace);
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED, line.getFirst() + " was killed", "the hook is stopping", "", e);
    }
  }

  /**
   * A thread for one end of a pipe. Never a virtual one: it would hold its carrier while it waits,
   * and though the scheduler makes another carrier for that, it lets go of it after half a minute
   * without work and makes none again (JDK 25). Two programs that say nothing for so long stop
   * every virtual thread of a machine with two processors.
   */
  private Thread start(Runnable pipe) {
    return Thread.ofPlatform().name("pipe-" + line.getFirst()).daemon(true).start(pipe);
  }

  private void feed(Process process) {
    try (var stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      // it did not want its input; its status tells whether that was right
    }
  }

  /** Kills it with all that it started: an engine must not go on when its runtime is gone. */
  public static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * Kills it, and gives what it started time to give up by itself: an engine whose runtime is gone
   * fails at its next question to it and undoes what it did; one that is killed cannot, and the
   * processes that it is working on may die of it. What has not ended in time is killed too.
   */
  public static void killAlone(ProcessHandle process, Duration grace) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    long endNanos = System.nanoTime() + grace.toNanos();
    for (ProcessHandle child : children) {
      try {
        child.onExit().get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        child.destroyForcibly();
      } catch (InterruptedException e) {
        child.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class Capture implements Runnable {
    private final InputStream from;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Capture(InputStream from) {
      this.from = from;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[8192];
      try (from) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          synchronized (kept) {
            kept.write(buffer, 0, Math.min(n, MAX_OUTPUT_BYTES - kept.size()));
          }
        }
      } catch (IOException e) {
        if (kept.size() == 0) {
          throw new UncheckedIOException(e);
        }
      }
    }

    String text() {
      synchronized (kept) {
        return kept.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
