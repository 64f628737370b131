package org.letargo.hook.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.vps.VpsFolder;

/**
 * conmon: holds the terminal, log and exit status of one VPS and outlives us. It runs {@code runc
 * create} or {@code runc restore} and says on its sync pipe how that went, in one line of JSON:
 * {@code {"data": PID}} or {@code {"data": -1, "message": ...}}.
 */
public final class Conmon {
  private static final String LOG_BYTES_MAX = String.valueOf(4 << 20);

  /**
   * Why a shell: the sync pipe must be a descriptor of its own, and a JVM passes only 0, 1 and 2
   * on. conmon forks and its first process ends: a JVM would drop the pipe with it, so the shell
   * lives until the line is there. And conmon must have left the hook's control group before it
   * forks.
   */
  private static final String SHELL =
      """
      if [ -n "$1" ]; then echo $$ >"$1" || exit; fi
      shift
      _OCI_SYNCPIPE=3 "$@" 3>&1 >/dev/null | head -n 1
      """;

  private final Runc runc;
  private final Cgroups cgroups;

  public Conmon(Runc runc, Cgroups cgroups) {
    this.runc = runc;
    this.cgroups = cgroups;
  }

  /**
   * Creates the container of a VPS; it waits for {@code runc start}.
   *
   * @return PID 1
   * @throws VpsException START_FAILED with what runc said
   */
  public long create(VpsFolder folder) {
    Path log = DurableFiles.folder(folder.log("start"), "rwx------");
    return run(folder, List.of(), log, Duration.ofSeconds(60), Code.START_FAILED, "start");
  }

  /**
   * Restores the container of a VPS from image files.
   *
   * @param images the engine's image files
   * @param work where it writes its log
   * @return PID 1, which runs
   * @throws VpsException RESUME_FAILED with what runc said
   */
  public long restore(VpsFolder folder, Path images, Path work, Duration longest) {
    return restore(folder, images, work, longest, List.of());
  }

  /**
   * {@link #restore} with memory that comes later: the engine's lazy-pages daemon must be ready,
   * with the same work path.
   */
  public long restoreLazily(VpsFolder folder, Path images, Path work, Duration longest) {
    return restore(folder, images, work, longest, List.of("--lazy-pages"));
  }

  private long restore(
      VpsFolder folder, Path images, Path work, Duration longest, List<String> further) {
    List<String> options = new ArrayList<>(List.of("--restore", images.toString()));
    List<String> forRunc = new ArrayList<>(Runc.CHECKPOINT_OPTIONS);
    forRunc.addAll(List.of("--work-path", work.toString()));
    forRunc.addAll(further);
    for (String option : forRunc) {
      options.add("--runtime-opt");
      options.add(option);
    }
    return run(folder, options, work, longest, Code.RESUME_FAILED, "resume");
  }

  private long run(
      VpsFolder folder, List<String> options, Path log, Duration longest, Code code, String verb) {
    String id = folder.name().value();
    Path run = folder.run();
    List<String> line =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                SHELL,
                "sh",
                cgroups.engineGroup().map(group -> group + "/cgroup.procs").orElse(""),
                "conmon",
                "--api-version",
                "1",
                "-c",
                id,
                "-u",
                id,
                "-n",
                id,
                "-r",
                runtimeProgram(),
                "--runtime-arg",
                "--root",
                "--runtime-arg",
                runc.root().toString(),
                "-b",
                run.toString(),
                "--full-attach",
                "-t",
                "-l",
                "k8s-file:" + folder.consoleLog(),
                "--log-size-max",
                LOG_BYTES_MAX,
                "--exit-dir",
                DurableFiles.folder(run.resolve("exit"), "rwx------").toString(),
                "-p",
                run.resolve("pid").toString(),
                "-P",
                run.resolve("conmon.pid").toString()));
    line.addAll(options);
    try {
      Process process =
          runc.prepared(Command.of(line))
              .start(ProcessBuilder.Redirect.to(log.resolve("conmon.log").toFile()));
      process.getOutputStream().close();
      return answer(process, folder, log, longest, code, verb);
    } catch (IOException e) {
      throw new VpsException(
          Code.HOST_UNFIT, "cannot run conmon", e.getMessage(), "Install conmon.", e);
    }
  }

  private static long answer(
      Process process, VpsFolder folder, Path log, Duration longest, Code code, String verb) {
    FutureTask<String> firstLine =
        new FutureTask<>(() -> {
          try (BufferedReader sync = process.inputReader(StandardCharsets.UTF_8)) {
            return Optional.ofNullable(sync.readLine()).orElse("");
          }
        });
    Thread.ofPlatform().name("conmon-" + folder.name()).daemon(true).start(firstLine);
    String what = "cannot " + verb + " VPS '" + folder.name() + "'";
    try {
      JsonNode said =
          Json.MAPPER.readTree(firstLine.get(longest.toMillis(), TimeUnit.MILLISECONDS));
      long data = said.path("data").asLong(-1);
      if (data > 0) {
        return data;
      }
      throw new VpsException(code, what, reason(said, log), "");
    } catch (TimeoutException e) {
      Command.kill(process);
      throw new VpsException(
          code, what, "conmon gave no answer within " + longest.toSeconds() + " seconds", "", e);
    } catch (ExecutionException | JsonProcessingException e) {
      throw new VpsException(code, what, "conmon gave no answer: " + e.getMessage(), "", e);
    } catch (InterruptedException e) {
      Command.kill(process);
      Thread.currentThread().interrupt();
      throw new VpsException(Code.INTERRUPTED, what, "the hook is stopping", "", e);
    }
  }

  private static String reason(JsonNode said, Path log) {
    String message = said.path("message").asText("").strip();
    if (message.isEmpty()) {
      try {
        message = Files.readString(log.resolve("conmon.log")).strip();
      } catch (IOException e) {
        message = "";
      }
    }
    return message.isEmpty() ? "conmon ended without a reason" : RuncMessages.plain(message);
  }

  private static String runtimeProgram() {
    for (String folder : List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")) {
      Path program = Path.of(folder, "runc");
      if (Files.isExecutable(program)) {
        return program.toString();
      }
    }
    throw new VpsException(
        Code.HOST_UNFIT, "cannot run a VPS", "runc is not installed", "Install runc.");
  }

  /** The version, such as {@code 2.1.6}; empty if there is no conmon. */
  public static Optional<String> version() {
    try {
      return Command.of("conmon", "--version")
          .run()
          .output()
          .lines()
          .findFirst()
          .map(line -> line.replaceFirst("^conmon version ", ""));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
