package org.letargo.hook.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.Engine;
import org.letargo.hook.engine.Inode;
import org.letargo.hook.engine.InodePaths;
import org.letargo.hook.engine.OpenFiles;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsProcess;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.store.HostStore;
import org.letargo.hook.store.SpaceForecast;
import org.letargo.hook.vps.Vps;

/**
 * Looks at a running VPS without stopping it and says whether it can be suspended. Its methods
 * block for the time of the look; any number of threads may look at any VPSes.
 */
public final class Preflight {
  /** With so many, a first look takes little longer than a later one. */
  private static final int WARM_UP_LOOKS = 30;

  private static final List<Path> RUNTIMES =
      List.of(
          Path.of("/usr/local/sbin/runc"),
          Path.of("/usr/local/bin/runc"),
          Path.of("/usr/sbin/runc"),
          Path.of("/usr/bin/runc"));

  private final Cgroups cgroups;
  private final Engine engine;
  private final HostStore store;
  private final String runtimeVersion;
  private final String kernel;

  /** One thread at a time uses one; guarded by itself. */
  private final Map<VpsName, InodePaths> inodePaths = new ConcurrentHashMap<>();

  public Preflight(Cgroups cgroups, Engine engine, HostStore store) {
    this.cgroups = cgroups;
    this.engine = engine;
    this.store = store;
    this.runtimeVersion = Runc.version().orElse("");
    this.kernel = ProcFile.readIfThere("/proc/sys/kernel/osrelease").strip();
  }

  /**
   * What one look saw.
   *
   * @param open what the engine's options need
   * @param watchedPaths the paths of the watched inodes, within the VPS
   */
  public record Look(PreflightReport report, OpenFiles open, Set<String> watchedPaths) {
    private Look with(List<Obstacle> obstacles) {
      return new Look(
          new PreflightReport(
              report.name(),
              report.takenAt(),
              report.took(),
              report.processes(),
              report.predictedSize(),
              report.availableSpace(),
              report.engineVersion(),
              report.runtimeVersion(),
              report.kernel(),
              obstacles,
              report.omitted()),
          open,
          watchedPaths);
    }
  }

  /**
   * Looks once; twice if something blocks, because what was there at one instant only was perhaps
   * never there: the VPS runs while it is looked at, unless it is paused.
   *
   * @throws VpsException WRONG_STATE if it has no processes
   */
  public Look look(Vps vps) {
    long init = init(vps);
    Instant begin = Instant.now();
    Look first = lookOnce(vps, init, begin);
    if (vps.status() instanceof VpsStatus.Paused) {
      return frozen(first);
    }
    if (first.report().blocking().isEmpty()) {
      return first;
    }
    return confirmed(lookOnce(vps, init, begin), first.report().obstacles());
  }

  /** The freezer of version 1 shows all that it has frozen as sleeping without a break. */
  private static Look frozen(Look look) {
    return look.with(
        look.report().obstacles().stream()
            .filter(obstacle -> obstacle.kind() != ObstacleKind.UNINTERRUPTIBLE)
            .toList());
  }

  private static long init(Vps vps) {
    return switch (vps.status()) {
      case VpsStatus.Running running -> running.initPid();
      case VpsStatus.Paused paused -> paused.initPid();
      case VpsStatus.Stopped stopped -> throw noProcesses(vps, stopped);
      case VpsStatus.Suspended suspended -> throw noProcesses(vps, suspended);
    };
  }

  private static VpsException noProcesses(Vps vps, VpsStatus status) {
    return VpsException.wrongState(
        vps.spec().name(), "inspect", status.word(), "It must be running.");
  }

  private Look lookOnce(Vps vps, long init, Instant begin) {
    VpsName name = vps.spec().name();
    Scene scene = Scene.read(init, cgroups.processes(name));
    Findings findings = search(scene);
    OpenFiles open = scene.openFiles();
    Set<String> watched = watchedPaths(name, scene, open.watched(), findings);
    DataSize predicted = DataSize.ofBytes(cgroups.memoryToSave(name).bytes() + open.deletedBytes());
    host(vps.folder().state(), findings);
    DataSize available = space(name, vps.folder().state(), predicted, findings);
    return new Look(
        new PreflightReport(
            name,
            begin,
            Duration.between(begin, Instant.now()),
            scene.members().size(),
            predicted,
            available,
            engine.version(),
            runtimeVersion,
            kernel,
            findings.obstacles(),
            findings.omitted()),
        open,
        watched);
  }

  /** The second look without what only it saw: that had not been there before. */
  private static Look confirmed(Look second, List<Obstacle> before) {
    Set<Obstacle> known = new HashSet<>();
    before.forEach(obstacle -> known.add(identity(obstacle)));
    return second.with(
        second.report().obstacles().stream()
            .filter(obstacle -> !obstacle.blocks() || known.contains(identity(obstacle)))
            .toList());
  }

  /**
   * What two looks must both see for it to be the same obstacle: all but the words for it. Of a
   * sleep in the kernel the words say which one it is.
   */
  public static Obstacle identity(Obstacle obstacle) {
    return obstacle.kind() == ObstacleKind.UNINTERRUPTIBLE ? obstacle : obstacle.because("");
  }

  /** Not where a mount may never answer: such a mount blocks anyway. */
  private Set<String> watchedPaths(
      VpsName name, Scene scene, Set<Inode> watched, Findings findings) {
    boolean canSearch =
        scene.initProcess().flatMap(scene::mountsOf).stream()
            .flatMap(table -> table.all().stream())
            .allMatch(Mount::isLocal);
    if (!canSearch) {
      return Set.of();
    }
    InodePaths paths = inodePaths.computeIfAbsent(name, InodePaths::new);
    Map<Inode, String> found;
    synchronized (paths) {
      found = paths.find(Path.of("/proc/" + scene.init() + "/root"), watched);
    }
    new PathlessWatches(found.keySet()).search(scene, findings);
    return Set.copyOf(found.values());
  }

  private void host(Path state, Findings findings) {
    if (!Files.isExecutable(engine.program())) {
      findings.add(ofHost(ObstacleKind.ENGINE, engine.program().toString()));
    }
    if (runtimeVersion.isEmpty() || RUNTIMES.stream().noneMatch(Files::isExecutable)) {
      findings.add(ofHost(ObstacleKind.RUNTIME, "runc"));
    }
    try {
      if (Files.getFileStore(state).isReadOnly()) {
        findings.add(ofHost(ObstacleKind.STORE_READ_ONLY, state.toString()));
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot look at the disk of " + state, e);
    }
  }

  private DataSize space(VpsName name, Path state, DataSize memory, Findings findings) {
    SpaceForecast forecast = SpaceForecast.of(store, cgroups.processes(name), memory);
    if (!forecast.fits()) {
      findings.add(
          ofHost(ObstacleKind.DISK_SPACE, state.toString())
              .because(
                  ("its %d MiB of memory are predicted to need %d MiB in the store, and there is"
                          + " room for %d MiB")
                      .formatted(
                          memory.bytes() >> 20,
                          forecast.likely().bytes() >> 20,
                          forecast.room().bytes() >> 20)));
    }
    return forecast.room();
  }

  private static Obstacle ofHost(ObstacleKind kind, String name) {
    return Obstacle.of(
        kind,
        Optional.empty(),
        Optional.of(new ObstacleResource(ObstacleResource.Type.HOST, name, "")));
  }

  /** A process that the host counts so, as its VPS counts; empty if it is gone. */
  public static Optional<VpsProcess> processOf(long hostPid) {
    try {
      TaskStatus status = TaskStatus.read(hostPid);
      return Optional.of(new VpsProcess(status.pid(), status.command()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Looks at this very process, in the background, again and again: the first look at a VPS then
   * does not wait for classes to be loaded, nor for the compiler.
   */
  public void warmUp() {
    long self = ProcessHandle.current().pid();
    Thread.ofPlatform()
        .name("preflight-warm-up")
        .daemon(true)
        .start(() -> {
          for (int look = 0; look < WARM_UP_LOOKS; look++) {
            Scene scene = Scene.read(self, List.of(self));
            search(scene);
            scene.openFiles();
          }
        });
  }

  private static Findings search(Scene scene) {
    Findings findings = new Findings();
    for (Check check : Check.ALL) {
      check.search(scene, findings);
    }
    return findings;
  }

  /** Forgets what is known of a VPS that is gone. */
  public void forget(VpsName name) {
    inodePaths.remove(name);
  }
}
