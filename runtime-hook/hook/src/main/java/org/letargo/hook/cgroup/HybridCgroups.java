package org.letargo.hook.cgroup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.runtime.OciConfiguration;
import org.letargo.hook.vps.StoredVps;

/**
 * Control groups of version 1, or 1 and 2 side by side.
 *
 * <p>A VPS sees only the hierarchy {@code name=systemd}, as a bind mount of its own folder: runc's
 * cgroup mount would show the v2 hierarchy too, systemd would watch {@code cgroup.events} files
 * there, and those do not exist when the engine wants to watch them again. runc does not give v1
 * folders to the VPS's root, so it is done here; systemd exits without.
 */
public final class HybridCgroups implements Cgroups {
  private static final List<String> DELEGATED =
      List.of("cgroup.procs", "tasks", "cgroup.clone_children");

  /** Of the freezer: THAWED, FREEZING or FROZEN. */
  private static final String STATE = "freezer.state";

  private final Path top;
  private final String instance;

  /**
   * @param top where the hierarchies are mounted
   */
  HybridCgroups(Path top, String instance) {
    this.top = top;
    this.instance = instance;
  }

  @Override
  public String kind() {
    return "hybrid";
  }

  @Override
  public String path(VpsName name) {
    return "/" + instance + "/" + name;
  }

  private Path group(String hierarchy, VpsName name) {
    return top.resolve(hierarchy).resolve(instance).resolve(name.value());
  }

  @Override
  public Optional<Path> engineGroup() {
    return Optional.empty();
  }

  @Override
  public void addMounts(ArrayNode mounts, VpsName name) {
    OciConfiguration.mount(
        mounts,
        "/sys/fs/cgroup",
        "tmpfs",
        "tmpfs",
        "nosuid",
        "nodev",
        "noexec",
        "mode=755",
        "size=1m");
    OciConfiguration.mount(
        mounts, "/sys/fs/cgroup/systemd", "bind", group("systemd", name).toString(), "bind", "rw");
  }

  @Override
  public void prepareCreate(StoredVps vps) {
    try {
      Files.createDirectories(group("systemd", vps.spec().name()));
    } catch (IOException e) {
      throw DurableFiles.failed("cannot make a control group for " + vps.spec().name(), e);
    }
    delegate(vps);
  }

  @Override
  public void delegate(StoredVps vps) {
    Path group = group("systemd", vps.spec().name());
    GroupFiles.chown(group, vps.hostIdBase());
    for (String file : DELEGATED) {
      GroupFiles.chown(group.resolve(file), vps.hostIdBase());
    }
  }

  @Override
  public Optional<String> engineRoot(VpsName name) {
    return Optional.empty();
  }

  @Override
  public Aid helpToFreeze(VpsName name) {
    return new FreezerWatch(group("freezer", name), Path.of("/proc")).start()::close;
  }

  @Override
  public void save(StoredVps vps, Path images) {
    // the engine saves and restores v1 groups with all their properties
  }

  @Override
  public void prepareRestore(StoredVps vps, Path images) {
    prepareCreate(vps);
  }

  @Override
  public void beforeRestore(StoredVps vps, Path images) {
    // see save
  }

  @Override
  public void afterNamespaces(StoredVps vps, Path images) {
    // see save
  }

  /** The engine gives the groups to the ids that the VPS had where it was suspended. */
  @Override
  public void afterRestore(StoredVps vps) {
    for (Path folder : GroupFiles.tree(group("systemd", vps.spec().name()))) {
      GroupFiles.moveIntoRange(folder, vps.hostIdBase());
      for (String file : DELEGATED) {
        GroupFiles.moveIntoRange(folder.resolve(file), vps.hostIdBase());
      }
    }
  }

  @Override
  public DataSize memoryUsed(VpsName name) {
    return DataSize.ofBytes(
        GroupFiles.readLong(group("memory", name).resolve("memory.usage_in_bytes")));
  }

  @Override
  public DataSize memoryToSave(VpsName name) {
    Path stat = group("memory", name).resolve("memory.stat");
    long cachedBytes =
        GroupFiles.readField(stat, "total_active_file")
            + GroupFiles.readField(stat, "total_inactive_file");
    return DataSize.ofBytes(Math.max(0, memoryUsed(name).bytes() - cachedBytes));
  }

  @Override
  public List<Long> processes(VpsName name) {
    return GroupFiles.processes(group("pids", name));
  }

  @Override
  public void killAll(VpsName name) {
    for (Path hierarchy : hierarchies()) {
      Path group = hierarchy.resolve(instance).resolve(name.value());
      Emptied.await(
          group,
          () -> {
            GroupFiles.killOnce(group);
            thaw(name);
          });
    }
  }

  @Override
  public void freeze(VpsName name) {
    GroupFiles.write(group("freezer", name).resolve(STATE), "FROZEN");
  }

  @Override
  public boolean isFrozen(VpsName name) {
    return GroupFiles.readText(group("freezer", name).resolve(STATE)).equals("FROZEN");
  }

  /** The freezer of version 1 lets not even the killed go. */
  @Override
  public void thaw(VpsName name) {
    for (Path folder : GroupFiles.tree(group("freezer", name))) {
      try {
        Files.writeString(folder.resolve(STATE), "THAWED");
      } catch (IOException e) {
        // a group that went away freezes nothing
      }
    }
  }

  @Override
  public void remove(VpsName name) {
    for (Path hierarchy : hierarchies()) {
      GroupFiles.remove(hierarchy.resolve(instance).resolve(name.value()));
    }
  }

  private List<Path> hierarchies() {
    try (Stream<Path> found = Files.list(top)) {
      return found.filter(path -> Files.isDirectory(path) && !Files.isSymbolicLink(path)).toList();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + top, e);
    }
  }
}
