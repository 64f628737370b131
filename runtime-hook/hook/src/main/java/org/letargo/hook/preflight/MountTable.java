package org.letargo.hook.preflight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All mounts of one mount namespace. */
final class MountTable {
  private final Map<Integer, Mount> byId = new LinkedHashMap<>();
  private final Map<Integer, List<Mount>> children = new HashMap<>();
  private final Map<Integer, Boolean> covered = new HashMap<>();

  private MountTable(List<Mount> mounts) {
    for (Mount mount : mounts) {
      byId.put(mount.id(), mount);
      children.computeIfAbsent(mount.parent(), _ -> new ArrayList<>()).add(mount);
    }
  }

  /** As a process sees them. */
  static MountTable of(long hostPid) throws IOException {
    return parse(ProcFile.read("/proc/" + hostPid + "/mountinfo"));
  }

  static MountTable parse(String mountinfo) {
    return new MountTable(mountinfo.lines().map(Mount::parse).toList());
  }

  Collection<Mount> all() {
    return byId.values();
  }

  Optional<Mount> find(int id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The mount at {@code /}. */
  Optional<Mount> root() {
    return byId.values().stream().filter(mount -> !byId.containsKey(mount.parent())).findFirst();
  }

  /** Whether other mounts hide it; as mnt_is_overmounted of the engine's mount.c. */
  boolean isCovered(Mount mount) {
    Boolean known = covered.get(mount.id());
    if (known == null) {
      known = isCoveredFromAbove(mount) || isCoveredByAChild(mount);
      covered.put(mount.id(), known);
    }
    return known;
  }

  /** Whether a mount that lies on this one hides a file of it that was opened by this path. */
  boolean isCovered(Mount mount, String path) {
    return isCovered(mount)
        || children.getOrDefault(mount.id(), List.of()).stream()
            .filter(child -> child != mount)
            .anyMatch(child -> path.equals(child.point()) || path.startsWith(child.point() + "/"));
  }

  private boolean isCoveredFromAbove(Mount mount) {
    Mount lower = mount;
    for (int steps = 0; steps <= byId.size(); steps++) {
      Mount parent = byId.get(lower.parent());
      if (parent == null || parent == lower) {
        return false;
      }
      for (Mount sibling : children.getOrDefault(parent.id(), List.of())) {
        if (sibling != lower && lower.isBelow(sibling)) {
          return true;
        }
      }
      lower = parent;
    }
    return false;
  }

  private boolean isCoveredByAChild(Mount mount) {
    return children.getOrDefault(mount.id(), List.of()).stream()
        .anyMatch(child -> child != mount && child.point().equals(mount.point()));
  }
}
