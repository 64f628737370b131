package org.letargo.integration.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * What the tests need of the machine. Something missing skips them, or fails them with its name
 * when {@code REQUIRE=all} is set, as the project's test command does.
 */
public final class Requirements {
  private static final List<String> PROGRAMS =
      List.of("runc", "conmon", "ip", "nft", "nsenter", "unshare", "setpriv", "debootstrap");
  private static final List<String> FOLDERS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private Requirements() {}

  /** Root, the programs that Letargo runs, and an engine. */
  public static void check() {
    programs(PROGRAMS);
    List<String> missing = new ArrayList<>();
    if (!"root".equals(System.getProperty("user.name"))) {
      missing.add("root's rights");
    }
    if (!Files.isExecutable(Programs.engineFolder().resolve("bin/criu"))) {
      missing.add("CRIU in " + Programs.engineFolder() + " (scripts/install-criu puts it there)");
    }
    require(missing);
  }

  /** Further programs that one test needs, searched for where distributions put them. */
  public static void programs(List<String> names) {
    require(names.stream().filter(name -> !isThere(name)).map(name -> "program " + name).toList());
  }

  private static boolean isThere(String program) {
    return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static void require(List<String> missing) {
    if (missing.isEmpty()) {
      return;
    }
    String said = "missing on this machine: " + String.join(", ", missing);
    if (Switches.requireAll()) {
      throw new AssertionError(said);
    }
    throw new TestAbortedException(said);
  }
}
