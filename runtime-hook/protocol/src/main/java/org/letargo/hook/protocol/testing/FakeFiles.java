package org.letargo.hook.protocol.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.letargo.hook.protocol.CheckpointDiff;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsName;

/**
 * What the VPSes of a {@link FakeHost} have written, by path, and what their checkpoints kept of
 * it. What is below {@code /run} is memory: it ends with the processes. Survives the death of the
 * fake. All methods are synchronized.
 */
final class FakeFiles {
  private static final String MEMORY = "/run/";

  private final Map<VpsName, Map<String, String>> present = new HashMap<>();
  private final Map<CheckpointId, Map<String, String>> kept = new HashMap<>();

  synchronized Optional<String> read(VpsName name, String path) {
    return Optional.ofNullable(present(name).get(path));
  }

  synchronized void write(VpsName name, String path, String content) {
    present.computeIfAbsent(name, _ -> new TreeMap<>()).put(path, content);
  }

  synchronized Map<String, String> present(VpsName name) {
    return Map.copyOf(present.getOrDefault(name, Map.of()));
  }

  synchronized Map<String, String> kept(CheckpointId id) {
    return kept.getOrDefault(id, Map.of());
  }

  /** What of the disk is not in one checkpoint as it is in the other. */
  synchronized List<CheckpointDiff.FileDiff> diff(CheckpointId before, CheckpointId after) {
    Map<String, String> old = kept(before);
    Map<String, String> now = kept(after);
    var paths = new TreeSet<>(old.keySet());
    paths.addAll(now.keySet());
    return paths.stream()
        .filter(path -> !path.startsWith(MEMORY))
        .filter(path -> !Objects.equals(old.get(path), now.get(path)))
        .map(path -> {
          var change =
              !old.containsKey(path)
                  ? CheckpointDiff.Change.ADDED
                  : now.containsKey(path)
                      ? CheckpointDiff.Change.CHANGED
                      : CheckpointDiff.Change.REMOVED;
          return new CheckpointDiff.FileDiff(path, change, size(old, path), size(now, path));
        })
        .toList();
  }

  private static DataSize size(Map<String, String> files, String path) {
    // with the newline that echo writes behind it
    return DataSize.ofBytes(files.containsKey(path) ? files.get(path).length() + 1 : 0);
  }

  /** A checkpoint keeps all that there is now. */
  synchronized void keep(VpsName name, CheckpointId id) {
    kept.put(id, present(name));
  }

  /** A checkpoint that has come from elsewhere keeps this. */
  synchronized void keep(CheckpointId id, Map<String, String> files) {
    kept.put(id, Map.copyOf(files));
  }

  /** From now on the VPS has this and nothing else. */
  synchronized void replace(VpsName name, Map<String, String> files) {
    present.put(name, new TreeMap<>(files));
  }

  /** The VPS has no processes any more, and nobody keeps its memory. */
  synchronized void endProcesses(VpsName name) {
    present.getOrDefault(name, new TreeMap<>()).keySet().removeIf(path -> path.startsWith(MEMORY));
  }

  synchronized void remove(VpsName name) {
    present.remove(name);
  }
}
