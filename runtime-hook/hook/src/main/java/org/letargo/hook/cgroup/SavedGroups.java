package org.letargo.hook.cgroup;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.vps.StoredVps;

/**
 * The v2 groups of a VPS as they were when it was suspended: a file beside the engine's images,
 * which may have come with an archive and is therefore checked when it is read.
 *
 * @param hostIdBase where the VPS's ids began then; only for people who look into the file
 * @param groups parents first; the first one is the VPS's own
 */
record SavedGroups(int hostIdBase, List<Group> groups) {
  private static final String FILE = "letargo-cgroup.json";
  private static final int GROUPS_MAX = 10_000;

  /**
   * What a guest may set on its groups, in an order in which it can be set again: a group with
   * cpu.idle has no cpu.weight.
   */
  private static final List<String> LIMITS =
      List.of(
          "cgroup.max.depth",
          "cgroup.max.descendants",
          "cpu.idle",
          "cpu.weight",
          "cpu.max",
          "cpu.max.burst",
          "memory.min",
          "memory.low",
          "memory.high",
          "memory.max",
          "memory.swap.high",
          "memory.swap.max",
          "memory.zswap.max",
          "memory.oom.group",
          "pids.max");

  /**
   * One group.
   *
   * @param path below the VPS's own group, which itself is the empty path
   * @param controllers enabled for the groups below it, separated by blanks
   * @param uid its owner as the VPS counts
   * @param limits by file; none for the VPS's own group, whose limits are the host's to set
   */
  record Group(String path, String controllers, int uid, int gid, Map<String, String> limits) {
    Group {
      requireNonNull(path, "path");
      requireNonNull(controllers, "controllers");
      requireNonNull(limits, "limits");
    }
  }

  /** Writes what there is below a group. */
  static void write(Path own, StoredVps vps, Path images) {
    List<Group> groups = new ArrayList<>();
    try {
      for (Path folder : GroupFiles.tree(own)) {
        Map<String, Object> owner = Files.readAttributes(folder, "unix:uid,gid");
        groups.add(
            new Group(
                own.relativize(folder).toString(),
                Files.readString(folder.resolve("cgroup.subtree_control")).strip(),
                guestId((int) owner.get("uid"), vps),
                guestId((int) owner.get("gid"), vps),
                folder.equals(own) ? Map.of() : limits(folder)));
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot record the control groups below " + own, e);
    }
    DurableFiles.writeJson(images.resolve(FILE), new SavedGroups(vps.hostIdBase(), groups));
  }

  /** What the host's root owns in there belongs to the VPS's root from then on. */
  private static int guestId(int hostId, StoredVps vps) {
    int id = hostId - vps.hostIdBase();
    return isOwnId(id) ? id : 0;
  }

  private static Map<String, String> limits(Path folder) throws IOException {
    Map<String, String> limits = new LinkedHashMap<>();
    for (String file : LIMITS) {
      if (Files.exists(folder.resolve(file))) {
        limits.put(file, Files.readString(folder.resolve(file)).strip());
      }
    }
    return limits;
  }

  /**
   * Reads them back.
   *
   * @param own the VPS's own group here
   * @throws VpsException ARCHIVE_REFUSED if there are none, or one is not a group of a VPS
   */
  static List<Group> read(Path own, StoredVps vps, Path images) {
    List<Group> groups =
        DurableFiles.readJson(images.resolve(FILE), SavedGroups.class)
            .map(SavedGroups::groups)
            .orElseThrow(() ->
                refused(
                    vps,
                    "the checkpoint was taken on a host with cgroup v1",
                    "Resume it on such a host. What runs in it has the host's kind of groups"
                        + " open."));
    if (groups.size() > GROUPS_MAX) {
      throw refused(vps, "the checkpoint names more than " + GROUPS_MAX + " of them", "");
    }
    for (Group group : groups) {
      Path folder = own.resolve(group.path).normalize();
      boolean isBelow = folder.startsWith(own) && !group.path.startsWith("/");
      boolean isOwn = isOwnId(group.uid) && isOwnId(group.gid);
      // The limits of the VPS's own group are the host's, whatever a checkpoint says.
      boolean isLimited =
          LIMITS.containsAll(group.limits.keySet())
              && !group.limits.containsValue(null)
              && (group.limits.isEmpty() || !folder.equals(own));
      if (!isBelow || !isOwn || !isLimited) {
        throw refused(
            vps,
            "the checkpoint names group "
                + VpsException.quoted(group.path)
                + ", which is not one of a VPS",
            "");
      }
    }
    return groups;
  }

  private static VpsException refused(StoredVps vps, String why, String remedy) {
    return new VpsException(
        Code.ARCHIVE_REFUSED,
        "cannot make the control groups of VPS '" + vps.spec().name() + "'",
        why,
        remedy);
  }

  private static boolean isOwnId(int id) {
    return id >= 0 && id < StoredVps.ID_COUNT;
  }
}
