package org.letargo.hook.trial;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.letargo.archive.criu.SavedProcess;
import org.letargo.hook.protocol.VpsException;

/**
 * Compares processes that are restored and have not run yet with the images that they come from:
 * the tree, names, threads, descriptors and what they are open on, and a sample of the memory. More
 * processes and descriptors than were saved are none of its business: the engine has some of its
 * own among them until it lets go.
 */
public final class RestoredProcesses {
  private final Map<Integer, RestoredProcess> byPid = new HashMap<>();

  /**
   * Looks at them.
   *
   * @param proc where processes are seen, /proc
   * @param hostPids those in the control groups of the VPS, as the host counts
   */
  public RestoredProcesses(Path proc, List<Long> hostPids) {
    for (long pid : hostPids) {
      RestoredProcess.read(proc.resolve(String.valueOf(pid)))
          .ifPresent(process -> byPid.put(process.pid(), process));
    }
  }

  /**
   * The first thing that is not as it was saved, as part of a sentence; empty if there is none.
   *
   * @param saved from the images
   * @param images the folder of the images, with all pages
   */
  public Optional<String> difference(List<SavedProcess> saved, Path images) throws IOException {
    var sample = new MemorySample(images, saved.size());
    for (SavedProcess process : saved) {
      Optional<String> difference = difference(process, sample);
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private Optional<String> difference(SavedProcess saved, MemorySample sample) throws IOException {
    RestoredProcess restored = byPid.get(saved.pid());
    String who = "process %d (%s)".formatted(saved.pid(), VpsException.quoted(saved.name()));
    if (saved.hasEnded()) {
      return isThereAsZombie(saved) ? Optional.empty() : Optional.of(who + " is missing");
    }
    if (restored == null) {
      return Optional.of(who + " is missing");
    }
    if (!restored.name().equals(saved.name())) {
      return Optional.of(who + " is called " + VpsException.quoted(restored.name()));
    }
    RestoredProcess parent = byPid.get(saved.parentPid());
    if (saved.parentPid() != 0 && (parent == null || parent.hostPid() != restored.parent())) {
      return Optional.of(who + " is not a child of process " + saved.parentPid());
    }
    if (restored.threads() != saved.threads()) {
      return Optional.of(
          "%s has %d threads instead of %d".formatted(who, restored.threads(), saved.threads()));
    }
    return descriptors(saved, restored)
        .or(() -> sample.difference(saved, restored))
        .map(what -> who + " " + what);
  }

  /** Control groups do not list the dead; their parents do. */
  private boolean isThereAsZombie(SavedProcess saved) {
    RestoredProcess parent = byPid.get(saved.parentPid());
    return parent != null && parent.hasChild(saved.pid());
  }

  private static Optional<String> descriptors(SavedProcess saved, RestoredProcess restored) {
    for (var descriptor : new TreeMap<>(saved.descriptors()).entrySet()) {
      int number = descriptor.getKey();
      Optional<String> target = restored.target(number);
      if (target.isEmpty()) {
        return Optional.of("lacks descriptor " + number);
      }
      if (!RestoredProcess.isKind(target.get(), descriptor.getValue())) {
        return Optional.of(
            "has descriptor %d open on %s, and not on what was saved"
                .formatted(number, VpsException.quoted(target.get())));
      }
    }
    return Optional.empty();
  }
}
