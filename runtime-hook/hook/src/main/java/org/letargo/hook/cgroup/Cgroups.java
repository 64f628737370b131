package org.letargo.hook.cgroup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.vps.StoredVps;

/**
 * The control groups of the VPSes, {@code /INSTANCE/NAME}. There are two kinds of host, and they
 * differ in nearly every step of a VPS's life: {@link HybridCgroups} (cgroup v1, with or without v2
 * beside it) and {@link UnifiedCgroups} (cgroup v2 alone).
 */
public sealed interface Cgroups permits HybridCgroups, UnifiedCgroups {
  Path TOP = Path.of("/sys/fs/cgroup");

  /**
   * Looks at what this host has.
   *
   * @throws VpsException HOST_UNFIT if it has neither
   */
  static Cgroups detect(String instance) {
    if (Files.exists(TOP.resolve("cgroup.controllers"))) {
      return new UnifiedCgroups(TOP, instance);
    }
    if (Files.isDirectory(TOP.resolve("memory")) && Files.isDirectory(TOP.resolve("systemd"))) {
      return new HybridCgroups(TOP, instance);
    }
    throw new VpsException(
        Code.HOST_UNFIT,
        "cannot run VPSes on this host",
        TOP + " holds neither cgroup v2 nor the v1 hierarchies 'memory' and 'name=systemd'",
        "Mount them; a host booted by systemd has them.");
  }

  /** {@code v2} or {@code hybrid}. */
  String kind();

  /** The path that runc is given, below the root of every hierarchy. */
  String path(VpsName name);

  /**
   * Where conmon lives, and runc and the engine that it starts: a group of ours beside those of the
   * VPSes, so that nothing of a VPS depends on the group that the hook happens to be in. Empty
   * where they stay in the hook's.
   */
  Optional<Path> engineGroup();

  /** What a VPS sees at /sys/fs/cgroup. */
  void addMounts(ArrayNode mounts, VpsName name);

  /** Before {@code runc create}. */
  void prepareCreate(StoredVps vps);

  /** Between create and start: the VPS's root gets its own groups. */
  void delegate(StoredVps vps);

  /** The {@code cgroup-root} that the engine's options need. */
  Optional<String> engineRoot(VpsName name);

  /** Closed when the engine has ended; closing it never fails. */
  @FunctionalInterface
  interface Aid extends AutoCloseable {
    @Override
    void close();
  }

  /** Helps the engine over what this kind of group puts in its way while it freezes the VPS. */
  Aid helpToFreeze(VpsName name);

  /** While everything is frozen: what a restore will need that the engine does not save. */
  void save(StoredVps vps, Path images);

  /** Before {@code runc restore}. */
  void prepareRestore(StoredVps vps, Path images);

  /** Stage {@code pre-restore} of the engine. */
  void beforeRestore(StoredVps vps, Path images);

  /** Stage {@code post-setup-namespaces} of the engine. */
  void afterNamespaces(StoredVps vps, Path images);

  /** Stage {@code post-restore} of the engine: the tasks are there and have not run. */
  void afterRestore(StoredVps vps);

  /** Bytes charged to the VPS now. */
  DataSize memoryUsed(VpsName name);

  /**
   * Bytes charged to the VPS that a suspension may have to save: not the kernel's copies of what is
   * in files. Those in a tmpfs are no copies; the kernel does not count them as files here.
   */
  DataSize memoryToSave(VpsName name);

  /** The processes of the VPS, as the host counts them. */
  List<Long> processes(VpsName name);

  /**
   * Tells the kernel to let no process of the VPS run, also when who traces them now lets go of
   * them. Does not wait; {@link #isFrozen} says when none runs.
   */
  void freeze(VpsName name);

  /** Whether every process of the VPS stands still by {@link #freeze}. */
  boolean isFrozen(VpsName name);

  /** Lets the processes of the VPS run, whoever froze them; those that run go on. */
  void thaw(VpsName name);

  /** Kills every process in the VPS's groups and waits until they are gone. */
  void killAll(VpsName name);

  /** Removes the VPS's groups, which must be empty. */
  void remove(VpsName name);
}
