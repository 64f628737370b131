package org.letargo.hook.cgroup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
  private static final String CONTROLLERS = "+cpu +memory +pids";

  /** Beside the groups of the VPSes, of which none can have this name: see {@link #engineGroup}. */
  private static final String ENGINE = "_engine";

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
  public Optional<Path> engineGroup() {
    try {
      return Optional.of(Files.createDirectories(top.resolve(instance).resolve(ENGINE)));
    } catch (IOException e) {
      throw DurableFiles.failed("cannot make a control group for conmon", e);
    }
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
    giveAway(group(vps.spec().name()), vps.hostIdBase(), vps.hostIdBase());
  }

  /** Gives a group to a user of the host, with the files that the kernel names for it. */
  private static void giveAway(Path group, int hostUid, int hostGid) {
    GroupFiles.chown(group, hostUid, hostGid);
    for (String file : delegatedFiles()) {
      GroupFiles.chown(group.resolve(file), hostUid, hostGid);
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
  public Aid helpToFreeze(VpsName name) {
    return () -> {
      // what is frozen here can be traced all the same
    };
  }

  @Override
  public void save(StoredVps vps, Path images) {
    SavedGroups.write(group(vps.spec().name()), vps, images);
  }

  private List<SavedGroups.Group> saved(StoredVps vps, Path images) {
    return SavedGroups.read(group(vps.spec().name()), vps, images);
  }

  @Override
  public void prepareRestore(StoredVps vps, Path images) {
    enableControllersAbove();
    remove(vps.spec().name());
    Path own = group(vps.spec().name());
    try {
      for (SavedGroups.Group group : saved(vps, images)) {
        Files.createDirectories(own.resolve(group.path()));
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot make the control groups below " + own, e);
    }
  }

  @Override
  public void beforeRestore(StoredVps vps, Path images) {
    Path own = group(vps.spec().name());
    try {
      Path engine = engineGroup().orElseThrow();
      for (String pid : Files.readAllLines(own.resolve("cgroup.procs"))) {
        moveTo(engine, pid);
      }
      for (SavedGroups.Group group : saved(vps, images)) {
        giveAway(own.resolve(group.path()), vps.hostIdBase(), vps.hostIdBase());
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
    List<SavedGroups.Group> groups = saved(vps, images);
    try {
      for (SavedGroups.Group group : groups) { // parents first, as controllers go down
        for (String controller : group.controllers().split(" ")) {
          if (controller.matches("[a-z]+")) {
            Files.writeString(
                own.resolve(group.path()).resolve("cgroup.subtree_control"), "+" + controller);
          }
        }
      }
      for (SavedGroups.Group group : groups) {
        Path folder = own.resolve(group.path());
        if (!folder.equals(own)) {
          handOver(folder, vps.hostIdBase(), group);
        }
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot enable the controllers below " + own, e);
    }
  }

  /**
   * Makes one group as if the guest had made it: its limits, its files of the guest's root, and
   * itself of whom it was given to.
   */
  private static void handOver(Path folder, int hostIdBase, SavedGroups.Group group)
      throws IOException {
    for (Map.Entry<String, String> limit : group.limits().entrySet()) {
      Path file = folder.resolve(limit.getKey());
      // as the kernel refuses even the default of some files: cpu.weight in an idle group, say
      if (Files.exists(file) && !Files.readString(file).strip().equals(limit.getValue())) {
        Files.writeString(file, limit.getValue());
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        GroupFiles.chown(file, hostIdBase);
      }
    }
    if (group.uid() != 0 || group.gid() != 0) {
      giveAway(folder, hostIdBase + group.uid(), hostIdBase + group.gid());
    }
  }

  /** Groups were handed over by afterNamespaces; what is left is to see that they are used. */
  @Override
  public void afterRestore(StoredVps vps) {
    VpsName name = vps.spec().name();
    if (processes(name).isEmpty()) {
      throw new VpsException(
          Code.RESUME_FAILED,
          "cannot resume VPS '" + name + "'",
          "the engine put its processes outside of control group " + path(name),
          "");
    }
  }

  @Override
  public DataSize memoryUsed(VpsName name) {
    return DataSize.ofBytes(GroupFiles.readLong(group(name).resolve("memory.current")));
  }

  @Override
  public DataSize memoryToSave(VpsName name) {
    Path stat = group(name).resolve("memory.stat");
    long cachedBytes =
        GroupFiles.readField(stat, "active_file") + GroupFiles.readField(stat, "inactive_file");
    return DataSize.ofBytes(Math.max(0, memoryUsed(name).bytes() - cachedBytes));
  }

  @Override
  public List<Long> processes(VpsName name) {
    return GroupFiles.processes(group(name));
  }

  @Override
  public void freeze(VpsName name) {
    GroupFiles.write(group(name).resolve("cgroup.freeze"), "1");
  }

  @Override
  public boolean isFrozen(VpsName name) {
    return GroupFiles.readField(group(name).resolve("cgroup.events"), "frozen") == 1;
  }

  @Override
  public void thaw(VpsName name) {
    for (Path folder : GroupFiles.tree(group(name))) {
      try {
        Files.writeString(folder.resolve("cgroup.freeze"), "0");
      } catch (IOException e) {
        // a group that went away freezes nothing
      }
    }
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
