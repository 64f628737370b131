package org.letargo.hook.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;

/**
 * Makes the {@code config.json} of a VPS: a container with its own init that the engine can save.
 * It depends on the VPS and on this host only, never on an archive.
 */
public final class OciConfiguration {
  /**
   * What a system container's root needs inside its own user namespace; none of it reaches the
   * host.
   */
  private static final List<String> CAPABILITIES =
      List.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "DAC_READ_SEARCH",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_ADMIN",
          "NET_BIND_SERVICE",
          "NET_RAW",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_CHROOT",
          "SYS_NICE",
          "SYS_PTRACE");

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/sys/firmware",
          "/proc/scsi");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private static final long CPU_PERIOD_MICROS = 100_000;

  private final HookConfiguration configuration;
  private final Cgroups cgroups;

  public OciConfiguration(HookConfiguration configuration, Cgroups cgroups) {
    this.configuration = configuration;
    this.cgroups = cgroups;
  }

  /** The whole document. */
  public ObjectNode of(VpsFolder folder, StoredVps stored, TemplateInfo template) {
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("ociVersion", "1.0.2");
    config.set("process", process(template));
    config.putObject("root").put("path", folder.rootfs().toString()).put("readonly", false);
    config.put("hostname", stored.spec().name().value());
    config.set("mounts", mounts(stored));
    config.set("hooks", hooks(stored));
    config
        .putObject("annotations")
        .put("org.criu.config", folder.engineOptions().toString())
        .put("io.container.manager", "letargo");
    config.set("linux", linux(stored));
    return config;
  }

  private static ObjectNode process(TemplateInfo template) {
    ObjectNode process = Json.MAPPER.createObjectNode();
    process.put("terminal", true);
    process.putObject("user").put("uid", 0).put("gid", 0);
    process.set("args", strings(template.init()));
    process.set(
        "env",
        strings(
            List.of(
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "TERM=xterm",
                "container=runc")));
    process.put("cwd", "/");
    process.put("noNewPrivileges", false);
    process.put("oomScoreAdj", 0); // else that of the hook, which the kernel is to spare
    ObjectNode capabilities = process.putObject("capabilities");
    List<String> names = CAPABILITIES.stream().map(name -> "CAP_" + name).toList();
    for (String set : List.of("bounding", "effective", "permitted")) {
      capabilities.set(set, strings(names));
    }
    return process;
  }

  private ArrayNode mounts(StoredVps stored) {
    ArrayNode mounts = Json.MAPPER.createArrayNode();
    mount(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    mount(mounts, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    mount(
        mounts,
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620",
        "gid=5");
    mount(mounts, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777");
    mount(mounts, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    mount(mounts, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    mount(mounts, "/run", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=755");
    cgroups.addMounts(mounts, stored.spec().name());
    return mounts;
  }

  /** Adds one mount to the list of a config.json. */
  public static void mount(
      ArrayNode mounts, String destination, String type, String source, String... options) {
    mounts
        .addObject()
        .put("destination", destination)
        .put("type", type)
        .put("source", source)
        .set("options", strings(List.of(options)));
  }

  private ObjectNode hooks(StoredVps stored) {
    ObjectNode hooks = Json.MAPPER.createObjectNode();
    Path relay = configuration.relayProgram();
    ObjectNode plug = hooks.putArray("createRuntime").addObject();
    plug.put("path", relay.toString()).put("timeout", 30);
    plug.set(
        "args",
        strings(
            List.of(
                "letargo-relay",
                "--socket",
                configuration.relaySocket().toString(),
                "--vps",
                stored.spec().name().value(),
                "createRuntime")));
    return hooks;
  }

  private ObjectNode linux(StoredVps stored) {
    ObjectNode linux = Json.MAPPER.createObjectNode();
    ArrayNode namespaces = linux.putArray("namespaces");
    for (String kind : List.of("cgroup", "ipc", "mount", "network", "pid", "user", "uts")) {
      namespaces.addObject().put("type", kind);
    }
    for (String ids : List.of("uidMappings", "gidMappings")) {
      linux
          .putArray(ids)
          .addObject()
          .put("containerID", 0)
          .put("hostID", stored.hostIdBase())
          .put("size", StoredVps.ID_COUNT);
    }
    linux.put("cgroupsPath", cgroups.path(stored.spec().name()));
    linux.set("resources", resources(stored.spec().limits()));
    linux.set("seccomp", SeccompProfile.checkpointable());
    linux.set("maskedPaths", strings(MASKED));
    linux.set("readonlyPaths", strings(READ_ONLY));
    return linux;
  }

  private static ObjectNode resources(VpsLimits limits) {
    ObjectNode resources = Json.MAPPER.createObjectNode();
    resources.putArray("devices").addObject().put("allow", false).put("access", "rwm");
    resources.putObject("memory").put("limit", limits.memory().bytes());
    resources
        .putObject("cpu")
        .put("period", CPU_PERIOD_MICROS)
        .put("quota", limits.milliCpus() * CPU_PERIOD_MICROS / 1000);
    resources.putObject("pids").put("limit", limits.pids());
    return resources;
  }

  private static ArrayNode strings(List<String> values) {
    ArrayNode array = Json.MAPPER.createArrayNode();
    values.forEach(array::add);
    return array;
  }
}
