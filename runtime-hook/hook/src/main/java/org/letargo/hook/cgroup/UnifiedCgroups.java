package org.letargo.hook.cgroup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.runtime.OciConfiguration;
import org.letargo.hook.vps.StoredVps;

/**
 * Control groups of version 2 alone, as every current distribution has them.
 *
 * <p>The engine cannot bring a tree with enabled controllers back: it makes the folders itself and
 * enables controllers late, or finds them enabled and may not enter. So the tree is recorded while
 * the VPS is frozen ({@link #save}), its folders are made before the restore, without controllers
 * ({@link #prepareRestore}), the engine itself is moved out of the way ({@link #beforeRestore}),
 * and the controllers are enabled after the engine has joined the group for its namespace and
 * before it restores the watches on {@code memory.events} ({@link #afterNamespaces}).
 */
public final class UnifiedCgroups implements Cgroups {
  private static final Path DELEGATED = Path.of("/sys/kernel/cgroup/delegate");
  private static final String SAVED = "letargo-cgroup.json";
  private static final String CONTROLLERS = "+cpu +memory +pids";

  /** Beside the groups of the VPSes, of which none can have this name. */
  private static final String ENGINE = "_engine";

  /** Limits that a guest's systemd sets on its own groups; written back where they were set. */
  private static final List<String> LIMITS =
      List.of(
          "memory.max",
          "memory.high",
          "memory.low",
          "memory.min",
          "memory.swap.max",
          "pids.max",
          "cpu.max",
          "cpu.weight");

  /** One group below the VPS's own: what {@link #save} keeps of it. */
  private record SavedGroup(
      String path, String controllers, int uid, int gid, Map<String, String> limits) {}

  private record SavedTree(int hostIdBase, List<SavedGroup> groups) {}

  private final Path top;
  private final String instance;

  /**
   * @param top where cgroup v2 is mounted
   */
  UnifiedCgroups(Path top, String instance) {
    this.top = top;
    this.instance = instance;
  }

  @Override
  public String kind() {
    return "v2";
  }

  @Override
  public String path(VpsName name) {
    return "/" + instance + "/" + name;
  }

  private Path group(VpsName name) {
    return top.resolve(instance).resolve(name.value());
  }

  @Override
  public void addMounts(ArrayNode mounts, VpsName name) {
    OciConfiguration.mount(
        mounts,
        "/sys/fs/cgroup",
        "cgroup",
        "cgroup",
        "nosuid",
        "noexec",
        "nodev",
        "relatime",
        "rw");
  }

  @Override
  public void prepareCreate(StoredVps vps) {
    enableControllersAbove();
  }

  private void enableControllersAbove() {
    try {
      Path own = Files.createDirectories(top.resolve(instance));
      for (Path folder : List.of(top, own)) {
        Files.writeString(folder.resolve("cgroup.subtree_control"), CONTROLLERS);
      }
    } catch (IOException e) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot enable the cgroup controllers cpu, memory and pids",
          String.valueOf(e.getMessage()),
          "See whether " + top.resolve("cgroup.controllers") + " offers them.",
          e);
    }
  }

  @Override
  public void delegate(StoredVps vps) {
    giveAway(group(vps.spec().name()), vps.hostIdBase());
  }

  /** Gives a group to a user of the host, with the files that the kernel names for it. */
  private static void giveAway(Path group, int hostId) {
    GroupFiles.chown(group, hostId);
    for (String file : delegatedFiles()) {
      GroupFiles.chown(group.resolve(file), hostId);
    }
  }

  private static List<String> delegatedFiles() {
    try {
      return Files.readAllLines(DELEGATED);
    } catch (IOException e) {
      return List.of("cgroup.procs", "cgroup.subtree_control", "cgroup.threads");
    }
  }

  @Override
  public Optional<String> engineRoot(VpsName name) {
    return Optional.of(path(name));
  }

  @Override
  public void save(StoredVps vps, Path images) {
    Path own = group(vps.spec().name());
    List<SavedGroup> groups = new ArrayList<>();
    try {
      for (Path folder : GroupFiles.tree(own)) {
        Map<String, Object> owner = Files.readAttributes(folder, "unix:uid,gid");
        groups.add(
            new SavedGroup(
                own.relativize(folder).toString(),
                Files.readString(folder.resolve("cgroup.subtree_control")).strip(),
                (int) owner.get("uid") - vps.hostIdBase(),
                (int) owner.get("gid") - vps.hostIdBase(),
                folder.equals(own) ? Map.of() : limits(folder)));
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot record the control groups below " + own, e);
    }
    DurableFiles.writeJson(images.resolve(SAVED), new SavedTree(vps.hostIdBase(), groups));
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

  /** The saved groups, each checked: they may come from an archive. */
  private List<SavedGroup> saved(StoredVps vps, Path images) {
    List<SavedGroup> groups =
        DurableFiles.readJson(images.resolve(SAVED), SavedTree.class)
            .map(SavedTree::groups)
            .orElse(List.of());
    Path own = group(vps.spec().name());
    for (SavedGroup group : groups) {
      Path folder = own.resolve(group.path).normalize();
      boolean isBelow = folder.startsWith(own) && !group.path.startsWith("/");
      boolean isOwn = isOwnId(group.uid) && isOwnId(group.gid);
      // The limits of the VPS's own group are the host's, whatever a checkpoint says.
      boolean isLimited =
          LIMITS.containsAll(group.limits.keySet())
              && !group.limits.containsValue(null)
              && (group.limits.isEmpty() || !folder.equals(own));
      if (!isBelow || !isOwn || !isLimited) {
        throw new VpsException(
            Code.ARCHIVE_REFUSED,
            "cannot make the control groups of VPS '" + vps.spec().name() + "'",
            "the checkpoint names group "
                + VpsException.quoted(group.path)
                + ", which is not one of a VPS",
            "");
      }
    }
    return groups;
  }

  private static boolean isOwnId(int id) {
    return id >= 0 && id < StoredVps.ID_COUNT;
  }

  @Override
  public void prepareRestore(StoredVps vps, Path images) {
    enableControllersAbove();
    remove(vps.spec().name());
    Path own = group(vps.spec().name());
    try {
      for (SavedGroup group : saved(vps, images)) {
        Files.createDirectories(own.resolve(group.path));
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot make the control groups below " + own, e);
    }
  }

  @Override
  public void beforeRestore(StoredVps vps, Path images) {
    Path own = group(vps.spec().name());
    try {
      Path engine = Files.createDirectories(top.resolve(instance).resolve(ENGINE));
      for (String pid : Files.readAllLines(own.resolve("cgroup.procs"))) {
        moveTo(engine, pid);
      }
      for (SavedGroup group : saved(vps, images)) {
        giveAway(own.resolve(group.path), vps.hostIdBase());
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot hand over the control groups below " + own, e);
    }
  }

  private static void moveTo(Path group, String pid) {
    try {
      Files.writeString(group.resolve("cgroup.procs"), pid);
    } catch (IOException e) {
      // it ended meanwhile, so it is out of the way as well
    }
  }

  @Override
  public void afterNamespaces(StoredVps vps, Path images) {
    Path own = group(vps.spec().name());
    try {
      List<SavedGroup> groups = saved(vps, images);
      for (SavedGroup group : groups) {
        for (String controller : group.controllers.split(" ")) {
          if (controller.matches("[a-z]+")) {
            Files.writeString(
                own.resolve(group.path).resolve("cgroup.subtree_control"), "+" + controller);
          }
        }
        if (group.uid != 0) {
          giveAway(own.resolve(group.path), vps.hostIdBase() + group.uid);
        }
      }
      for (SavedGroup group : groups) {
        for (Map.Entry<String, String> limit : group.limits.entrySet()) {
          Path file = own.resolve(group.path).resolve(limit.getKey());
          if (Files.exists(file)) {
            Files.writeString(file, limit.getValue());
          }
        }
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot enable the controllers below " + own, e);
    }
  }

  @Override
  public void afterRestore(StoredVps vps) {
    // afterNamespaces gave every group to the ids that the VPS has here
  }

  @Override
  public DataSize memoryUsed(VpsName name) {
    return DataSize.ofBytes(GroupFiles.readLong(group(name).resolve("memory.current")));
  }

  @Override
  public List<Long> processes(VpsName name) {
    return GroupFiles.processes(group(name));
  }

  @Override
  public void killAll(VpsName name) {
    Path group = group(name);
    Emptied.await(
        group,
        () -> {
          try {
            Files.writeString(group.resolve("cgroup.kill"), "1");
          } catch (IOException e) {
            GroupFiles.killOnce(group); // cgroup.kill is there from kernel 5.14
          }
        });
  }

  @Override
  public void remove(VpsName name) {
    GroupFiles.remove(group(name));
  }
}
