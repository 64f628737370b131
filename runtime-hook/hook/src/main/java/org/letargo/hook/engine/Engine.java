package org.letargo.hook.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * CRIU as it is installed: our own copy below the program folder, or the host's.
 *
 * @param program the criu program
 * @param version such as {@code 4.2.1}
 */
public record Engine(Path program, String version) {
  /** Older ones fail on current kernels; see docs/design/001-engine.md. */
  private static final int[] OLDEST = {4, 2};

  private static final Pattern VERSION = Pattern.compile("Version: ([0-9]+)\\.([0-9]+)[^\\s]*");

  /**
   * Finds it.
   *
   * @throws VpsException HOST_UNFIT if there is none that is new enough
   */
  public static Engine find(HookConfiguration configuration) {
    return find(
        List.of(
            configuration.programDir().resolve("criu/bin/criu"),
            Path.of("/usr/local/sbin/criu"),
            Path.of("/usr/sbin/criu")));
  }

  /** The first of these programs that is there and new enough. */
  static Engine find(List<Path> programs) {
    List<String> seen = new ArrayList<>();
    for (Path program : programs) {
      if (!Files.isExecutable(program)) {
        continue;
      }
      Matcher matcher = VERSION.matcher(Command.of(program.toString(), "--version").run().output());
      if (matcher.find()) {
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        String version = matcher.group().substring("Version: ".length());
        if (major > OLDEST[0] || major == OLDEST[0] && minor >= OLDEST[1]) {
          return new Engine(program, version);
        }
        seen.add(program + " is " + version);
      }
    }
    throw new VpsException(
        Code.HOST_UNFIT,
        "cannot suspend or resume on this host",
        "there is no CRIU of version 4.2 or newer"
            + (seen.isEmpty() ? "" : " (" + String.join(", ", seen) + ")"),
        "Run scripts/install-criu, or install the package letargo-criu.");
  }

  /** The folder that must be first on the runtime's PATH. */
  public Path folder() {
    return program.getParent();
  }

  /** What {@code criu check} misses on this kernel; empty if all is there. */
  public List<String> missing() {
    Command.Result result = Command.of(program.toString(), "check").run();
    return result.ok()
        ? List.of()
        : result.errors().lines().filter(line -> line.contains("Error")).toList();
  }

  /** Whether {@code criu check --feature} says yes. */
  public boolean has(String feature) {
    return Command.of(program.toString(), "check", "--feature", feature).run().ok();
  }
}
