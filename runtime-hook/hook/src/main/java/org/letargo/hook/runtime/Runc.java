package org.letargo.hook.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.Signals;

/**
 * The OCI runtime, driven by its command line. Its own state lies in our run folder, so that no
 * other user of runc sees our containers. A container has the name of its VPS.
 */
public final class Runc {
  /** Options that a suspension and the resumption of its checkpoint must agree on. */
  public static final List<String> CHECKPOINT_OPTIONS =
      List.of("--empty-ns", "network", "--tcp-established", "--file-locks", "--ext-unix-sk");

  /** How long the engine may take to undo what it did when its runtime was killed. */
  private static final Duration ENGINE_GIVES_UP = Duration.ofMinutes(1);

  private final Path root;
  private final String engineFolder;
  private final OwnClock clock;

  /**
   * @param engineFolder where the engine's program lies
   */
  public Runc(HookConfiguration configuration, Path engineFolder) {
    this.root = DurableFiles.folder(configuration.runDir().resolve("runc"), "rwx--x--x");
    this.engineFolder = engineFolder.toString();
    this.clock = new OwnClock(configuration.runDir().resolve("runc-clock"));
  }

  /** Where runc keeps its containers: {@code runc --root}. */
  Path root() {
    return root;
  }

  /** {@code runc --root ... verb options NAME}; the caller runs it. */
  public Command command(VpsName name, String verb, List<String> options) {
    List<String> line = new ArrayList<>(List.of("runc", "--root", root.toString(), verb));
    line.addAll(options);
    line.add(name.value());
    return prepared(Command.of(line));
  }

  /** So that runc finds our engine. */
  Command prepared(Command command) {
    return command.pathFirst(engineFolder);
  }

  public void start(VpsName name) {
    command(name, "start", List.of()).run().orFail("cannot start VPS '" + name + "'");
  }

  /** Sends a signal to PID 1; one that is gone is fine. */
  public void signal(VpsName name, String signal) {
    List<String> line =
        List.of(
            "runc",
            "--root",
            root.toString(),
            "kill",
            name.value(),
            String.valueOf(Signals.parse(signal))); // runc does not know SIGRTMIN by name
    Command.Result result = Command.of(line).run();
    if (!result.ok() && initProcess(name).filter(InitProcess::isAlive).isPresent()) {
      result.orFail("cannot signal VPS '" + name + "'");
    }
  }

  public void pause(VpsName name) {
    command(name, "pause", List.of()).run().orFail("cannot pause VPS '" + name + "'");
  }

  public void unpause(VpsName name) {
    command(name, "resume", List.of()).run().orFail("cannot unpause VPS '" + name + "'");
  }

  /** Removes what runc holds of a container, killing what is left of it; none is fine. */
  public void delete(VpsName name) {
    clock.forget(name);
    if (Files.exists(root.resolve(name.value()))) {
      command(name, "delete", List.of("--force")).timeout(Duration.ofSeconds(60)).run();
      DurableFiles.deleteTree(root.resolve(name.value()));
    }
  }

  /**
   * {@code runc checkpoint}, which ends when the engine has.
   *
   * @param images where the engine writes the image files
   * @param work where it writes its log
   * @param pageServer address and port where it sends the memory
   * @param goesOn whether the VPS runs on; otherwise its processes are killed
   */
  public Command checkpoint(
      VpsFolder folder, Path images, Path work, String pageServer, boolean goesOn) {
    List<String> options = new ArrayList<>(CHECKPOINT_OPTIONS);
    options.addAll(List.of("--image-path", images.toString(), "--work-path", work.toString()));
    options.addAll(List.of("--page-server", pageServer));
    if (goesOn) {
      options.add("--leave-running");
    }
    return command(folder.name(), "checkpoint", options).childrenGrace(ENGINE_GIVES_UP);
  }

  /**
   * {@code runc checkpoint --lazy-pages}: as {@link #checkpoint}, but of private memory only where
   * it is. When the engine has come to its end it wants to serve that memory itself: at the stage
   * {@code status-ready} it must be told not to.
   */
  public Command checkpointWithoutMemory(VpsFolder folder, Path images, Path work) {
    List<String> options = new ArrayList<>(CHECKPOINT_OPTIONS);
    options.addAll(List.of("--image-path", images.toString(), "--work-path", work.toString()));
    options.add("--lazy-pages");
    return command(folder.name(), "checkpoint", options).childrenGrace(ENGINE_GIVES_UP);
  }

  /**
   * {@code runc exec}; the caller starts it. The command sees the clocks of the VPS.
   *
   * @param terminal whether it is started on a terminal
   * @param log where runc says why it could not start the command; see {@link RuncMessages#notRun}
   */
  public Command exec(VpsName name, List<String> command, boolean terminal, Path log) {
    List<String> line =
        new ArrayList<>(
            initProcess(name)
                .flatMap(init -> clock.runcInside(name, init, state(name)))
                .orElseGet(() -> List.of("runc", "--root", root.toString())));
    line.addAll(List.of("--log", log.toString(), "exec"));
    line.addAll(List.of("--env", "HOME=/root", "--env", "TERM=xterm-256color"));
    if (terminal) {
      line.add("--tty");
    }
    line.add(name.value());
    line.addAll(command);
    return prepared(Command.of(line));
  }

  /** PID 1 as runc recorded it; empty if runc knows no such container. */
  public Optional<InitProcess> initProcess(VpsName name) {
    try {
      JsonNode state = Json.MAPPER.readTree(Files.readAllBytes(state(name)));
      return Optional.of(
          new InitProcess(
              state.path("init_process_pid").asLong(), state.path("init_process_start").asLong()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path state(VpsName name) {
    return root.resolve(name.value()).resolve("state.json");
  }

  /** Whether it has gone beyond {@code runc create}: PID 1 is the VPS's own init. */
  public boolean isStarted(VpsName name) {
    return status(name).map(word -> !word.equals("created")).orElse(false);
  }

  /** Whether its processes are frozen. */
  public boolean isPaused(VpsName name) {
    return status(name).filter("paused"::equals).isPresent();
  }

  private Optional<String> status(VpsName name) {
    Command.Result result = command(name, "state", List.of()).run();
    if (!result.ok()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readTree(result.output()).path("status").asText());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The version, such as {@code 1.1.5+ds1}; empty if there is no runc. */
  public static Optional<String> version() {
    try {
      return Command.of("runc", "--version")
          .run()
          .output()
          .lines()
          .findFirst()
          .map(line -> line.replaceFirst("^runc version ", ""));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
