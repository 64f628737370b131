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

  /** The engine drops the first character of a path; nothing must be left of "/". */
  private static final String ROOT = "/.";

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
    watched.stream()
        .map(EngineOptions::scannable)
        .flatMap(Optional::stream)
        .distinct()
        .sorted()
        .forEach(path -> options.lines.add("irmap-scan-path " + path));
    long limit = Math.max(GHOST_LIMIT_DEFAULT, largestDeletedBytes + (1 << 20));
    options.lines.add("ghost-limit " + limit);
    cgroupRoot.ifPresent(root -> options.lines.add("cgroup-root " + root));
    return options;
  }

  /**
   * The path as it may stand in the file. The engine ends words at blanks and lines at line feeds,
   * and knows no way around that: a file of the VPS called {@code "x\naction-script /evil"} would
   * be an option. So a path ends before the first name that is not plain, and the engine searches
   * that folder, with all below it.
   *
   * @return empty if the engine looks there by itself
   */
  private static Optional<String> scannable(String path) {
    if (path.equals("/")) {
      return Optional.empty();
    }
    StringBuilder plain = new StringBuilder();
    for (String name : path.substring(1).split("/")) {
      if (!name.chars().allMatch(EngineOptions::isPlain)) {
        break;
      }
      plain.append('/').append(name);
    }
    return Optional.of(plain.isEmpty() ? ROOT : plain.toString());
  }

  /** U+FFFD stands where a name is no text: the engine would not find that one. */
  private static boolean isPlain(int character) {
    return character > ' ' && !Character.isISOControl(character) && character != 0xfffd;
  }

  /**
   * For a restore.
   *
   * @param cgroupRoot where the VPS's control groups begin now: it may have had another name, or
   *     another host, when it was suspended
   */
  public static EngineOptions restore(Path relay, Optional<String> cgroupRoot) {
    EngineOptions options = new EngineOptions(relay);
    options.lines.add("force-irmap");
    options.lines.add("skip-file-rwx-check"); // the host's device nodes may have other modes
    cgroupRoot.ifPresent(root -> options.lines.add("cgroup-root " + root));
    return options;
  }

  /** TCP connections come back closed. */
  public EngineOptions closingConnections() {
    lines.add("tcp-close");
    return this;
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
