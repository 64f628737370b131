package org.letargo.hook.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.durable.DurableFiles;

/**
 * The options file that the runtime hands to the engine (annotation {@code org.criu.config});
 * written anew for every suspension and resumption.
 */
public final class EngineOptions {
  private static final long GHOST_LIMIT_DEFAULT = 64L << 20;

  private final List<String> lines = new ArrayList<>();

  private EngineOptions(Path relay) {
    lines.add("network-lock nftables");
    lines.add("tcp-established");
    lines.add("file-locks");
    lines.add("link-remap");
    lines.add("action-script " + relay);
  }

  /**
   * For a dump.
   *
   * @param watched the paths of all watched inodes; the engine looks there first
   * @param largestDeletedBytes size of the largest file that is deleted and open
   * @param cgroupRoot where the VPS's control groups begin, where the engine must be told
   */
  public static EngineOptions dump(
      Path relay, Set<String> watched, long largestDeletedBytes, Optional<String> cgroupRoot) {
    EngineOptions options = new EngineOptions(relay);
    options.lines.add("force-irmap");
    watched.stream().sorted().forEach(path -> options.lines.add("irmap-scan-path " + path));
    long limit = Math.max(GHOST_LIMIT_DEFAULT, largestDeletedBytes + (1 << 20));
    options.lines.add("ghost-limit " + limit);
    cgroupRoot.ifPresent(root -> options.lines.add("cgroup-root " + root));
    return options;
  }

  /** For a restore. */
  public static EngineOptions restore(Path relay) {
    EngineOptions options = new EngineOptions(relay);
    options.lines.add("force-irmap");
    options.lines.add("skip-file-rwx-check"); // the host's device nodes may have other modes
    return options;
  }

  /** Writes the file. */
  public void write(Path file) {
    try {
      Files.writeString(file, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw DurableFiles.failed("cannot write " + file, e);
    }
  }
}
