package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.rootfs.RootFileSystem;
import org.letargo.hook.template.GuestFiles;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.NativeException;
import org.letargo.linux.Pidfd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands on the host for a VPS that has processes, and nothing else: run folder, mounts,
 * control groups, network device, container. Put up before it starts or resumes, taken down after
 * it ends.
 */
final class Stand {
  private static final Logger LOG = LoggerFactory.getLogger(Stand.class);
  private static final Duration CONMON_ENDS = Duration.ofSeconds(10);

  private final Host host;

  Stand(Host host) {
    this.host = host;
  }

  /** Run folder, mounted disk and config.json. */
  void up(Vps vps) {
    up(vps.folder(), vps.stored());
  }

  /** The same for what is no VPS that anybody sees. */
  void up(VpsFolder folder, StoredVps stored) {
    VpsSpec spec = stored.spec();
    TemplateInfo template = host.templates().get(spec.template());
    DurableFiles.folder(folder.run(), "rwx--x--x");
    RootFileSystem.mount(folder, stored, host.templates().rootfs(spec.template()));
    try {
      makeMountPoints(folder, stored);
      Files.write(
          folder.run().resolve("config.json"),
          Json.MAPPER.writeValueAsBytes(host.oci().of(folder, stored, template)));
      linkRelay(folder.engineAction());
    } catch (IOException e) {
      throw DurableFiles.failed("cannot prepare VPS '" + spec.name() + "'", e);
    }
  }

  /** runc would make those that are missing too, but as folders of the host's root. */
  private static void makeMountPoints(VpsFolder folder, StoredVps stored) throws IOException {
    GuestFiles files = new GuestFiles(folder.rootfs(), stored.hostIdBase());
    for (String point : List.of("proc", "dev", "sys/fs/cgroup", "run")) {
      files.makeFolder(point);
    }
  }

  private void linkRelay(Path link) throws IOException {
    DurableFiles.folder(link.getParent(), "rwx------");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, host.configuration().relayProgram());
  }

  /**
   * Takes everything down, in whatever state it is; processes are killed. What is not there is
   * fine.
   */
  void down(Vps vps) {
    down(vps.folder());
    host.network().unplug(vps.spec());
  }

  /** The same for what has no place in the network. */
  void down(VpsFolder folder) {
    host.cgroups().killAll(folder.name());
    host.loadings().abandon(folder.name()); // only now: its memory must come as long as it runs
    awaitConmon(folder);
    host.runc().delete(folder.name());
    RootFileSystem.unmount(folder);
    host.cgroups().remove(folder.name());
    DurableFiles.delete(folder.engineAction());
    DurableFiles.deleteTree(folder.run());
  }

  /** conmon ends by itself when PID 1 has; it writes the exit status last. */
  private static void awaitConmon(VpsFolder folder) {
    Path pidFile = folder.run().resolve("conmon.pid");
    if (!Files.exists(pidFile, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Pidfd conmon = Pidfd.open(Long.parseLong(Files.readString(pidFile).strip()))) {
      String name = Files.readString(Path.of("/proc/" + conmon.pid() + "/comm")).strip();
      if (name.equals("conmon") && !conmon.awaitExit(CONMON_ENDS)) {
        LOG.warn("vps={} conmon does not end, continuing without it", folder.name());
      }
    } catch (NativeException | IOException | NumberFormatException e) {
      // it has ended
    }
  }

  /** What PID 1 ended with, as conmon wrote it; empty if it wrote nothing. */
  String exitStatus(Vps vps) {
    VpsFolder folder = vps.folder();
    awaitConmon(folder);
    try {
      return Files.readString(folder.run().resolve("exit").resolve(folder.name().value())).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Writes the firewall rules for all VPSes that have published ports, and are not elsewhere. */
  void publishPorts() {
    host.network()
        .publish(host.vpses().all().stream().filter(Stand::isHere).map(Vps::spec).toList());
  }

  private static boolean isHere(Vps vps) {
    return vps.migration().filter(known -> known.phase() == MigrationPhase.MOVED).isEmpty();
  }
}
