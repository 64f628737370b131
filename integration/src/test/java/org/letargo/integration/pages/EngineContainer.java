package org.letargo.integration.pages;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.relay.RelayServer;
import org.letargo.hook.runtime.Runc;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Programs;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.TemplateCache;
import org.letargo.integration.harness.Vps;
import org.letargo.linux.Mounts;

/**
 * A container as Letargo makes it for a VPS, but without Letargo: no network, no console, its
 * standard input a pipe. The payload {@code pages} runs in it and is asked through two fifos on its
 * disk.
 */
final class EngineContainer implements AutoCloseable {
  private static final VpsName VPS = new VpsName("pages");
  private static final int IDS = 65_536;
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  private final Path folder;
  private final String name;
  private final Path rootfs;
  private final Path options;
  private final Path script;
  private final RelayServer relay;
  private final Process input;
  private final int hostIdBase;

  /**
   * @param template the root folder of the template
   * @param run the run folder of a VPS made from it, whose configuration is taken over
   */
  private EngineContainer(Path template, Path run) throws IOException {
    folder = passable(TempFolder.create("lt-pages-"));
    name = folder.getFileName().toString();
    rootfs = passable(folder.resolve("rootfs"));
    options = folder.resolve("engine.conf");
    script = Files.createDirectory(folder.resolve("relay.d")).resolve(VPS.value());
    Files.createSymbolicLink(script, Programs.relay());
    relay = new RelayServer(folder.resolve("relay.sock"));
    input = new ProcessBuilder("sleep", "infinity").start();
    ObjectNode config =
        (ObjectNode) Api.JSON.readTree(Files.readAllBytes(run.resolve("config.json")));
    hostIdBase = config.at("/linux/uidMappings/0/hostID").asInt();
    String group = config.at("/linux/cgroupsPath").asText();
    config.remove("hooks");
    ((ObjectNode) config.at("/linux/resources")).remove("memory");
    ((ObjectNode) config.at("/process")).put("terminal", false);
    ((ObjectNode) config.at("/root")).put("path", rootfs.toString());
    ((ObjectNode) config.at("/annotations")).put("org.criu.config", options.toString());
    Files.writeString(
        folder.resolve("config.json"),
        Api.JSON.writeValueAsString(config).replace(group + "\"", "/" + name + "\""));
    mount(template);
  }

  /** One of this template, running. */
  static EngineContainer start(Instance letargo, String template) {
    Vps model = letargo.createAndStart("model", template);
    try {
      EngineContainer container =
          new EngineContainer(
              TemplateCache.folder().resolve(template).resolve("rootfs"),
              letargo.run().resolve("vps/model"));
      model.destroy();
      container.start();
      return container;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start() {
    prepareGroup();
    runc(true, "run", "-d", "--bundle", folder.toString(), name);
  }

  /** After a checkpoint that was not kept: a new container with a new payload. */
  void startAnew(int mebibytes) {
    kill();
    HostCommand.run(
        "rm", "-f", rootfs.resolve("ask").toString(), rootfs.resolve("answer").toString());
    start();
    startPages(mebibytes);
  }

  /** Its own folder, gone when it is closed. */
  Path folder() {
    return folder;
  }

  /** A folder that the tasks of the container can pass. */
  Path makeFolder(String called) {
    return passable(folder.resolve(called));
  }

  /** Starts the payload, when systemd, if there is one, has started all else. */
  void startPages(int mebibytes) {
    sh(
        """
        [ -d /run/systemd/system ] || exit 0
        i=0
        until systemctl is-system-running 2>&1 | grep -qE "^(running|degraded)$"; do
          i=$((i + 1)); [ $i -lt 600 ] || exit 1; sleep 0.1
        done
        """);
    sh("setsid /usr/bin/pages " + mebibytes + " /ask /answer </dev/null >/said 2>&1 &");
    sh("i=0; until [ -p /answer ]; do i=$((i + 1)); [ $i -lt 1200 ] || exit 1; sleep 0.05; done");
  }

  /** The payload's answer to a letter. */
  String ask(String letter) {
    return HostCommand.run(
            "timeout",
            "60",
            "sh",
            "-c",
            "cd $0; exec 3<>answer; printf " + letter + " >ask; head -n 1 <&3",
            rootfs.toString())
        .strip();
  }

  private void sh(String script) {
    runc(false, "exec", name, "sh", "-c", script);
  }

  /** Suspends it: its processes are gone then. */
  void checkpoint(Path images, Path work, List<String> further) {
    List<String> line = line("checkpoint", images, work, further);
    EngineOptions.dump(script, Set.of(), 0, cgroupRoot()).write(options);
    try (var _ = relay.expect(VPS, (_, _) -> {})) {
      explained(work.resolve("dump.log"), () -> runc(false, line.toArray(String[]::new)));
    }
    giveTo(images);
  }

  /**
   * Brings it back.
   *
   * @param restored gets PID 1 when the tasks are there and have not run yet
   */
  void restore(Path images, Path work, List<String> further, LongConsumer restored) {
    prepareGroup();
    EngineOptions.restore(script, cgroupRoot()).write(options);
    List<String> all = new ArrayList<>(List.of("--detach", "--bundle", folder.toString()));
    all.addAll(further);
    List<String> line = line("restore", images, work, all);
    RelayServer.Stages stages =
        (stage, initPid) -> {
          if (stage.equals("post-restore")) {
            restored.accept(initPid);
          }
        };
    try (var _ = relay.expect(VPS, stages)) {
      explained(work.resolve("restore.log"), () -> runc(true, line.toArray(String[]::new)));
    }
  }

  private List<String> line(String verb, Path images, Path work, List<String> further) {
    List<String> line = new ArrayList<>(List.of(verb));
    line.addAll(Runc.CHECKPOINT_OPTIONS);
    line.addAll(List.of("--image-path", images.toString(), "--work-path", work.toString()));
    line.addAll(further);
    line.add(name);
    return line;
  }

  private static void explained(Path log, Runnable program) {
    try {
      program.run();
    } catch (AssertionError e) {
      String said =
          EngineLog.explain(log, _ -> Optional.empty()).map(Object::toString).orElse("nothing");
      throw new AssertionError(said, e);
    }
  }

  /** Kills it and waits until nothing of it is left, as before a restore. */
  void kill() {
    HostCommand.tried(List.of("runc", "--root", root(), "delete", "--force", name));
  }

  /** Its processes, as the host counts them. */
  List<Long> processes() {
    return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(this::isInside).toList();
  }

  private boolean isInside(long pid) {
    Path proc = Path.of("/proc/" + pid);
    try {
      boolean isZombie = Files.readString(proc.resolve("status")).contains("State:\tZ");
      String groups = Files.readString(proc.resolve("cgroup"));
      return !isZombie && (groups.contains("/" + name + "\n") || groups.contains("/" + name + "/"));
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private String root() {
    return folder.resolve("runc").toString();
  }

  /**
   * The container inherits where output goes to, so that is a file.
   *
   * @param detached whether it leaves the container behind, which gets its input
   */
  private void runc(boolean detached, String... arguments) {
    List<String> line = new ArrayList<>(List.of("runc", "--root", root()));
    line.addAll(List.of(arguments));
    Path said = folder.resolve("runc.log");
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectInput(new File(detached ? "/proc/" + input.pid() + "/fd/1" : "/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(detached ? new File("/dev/null") : said.toFile())
              .start();
      if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", line) + " failed: " + (detached ? "" : Files.readString(said)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void mount(Path template) throws IOException {
    Path lower = Files.createDirectories(folder.resolve("lower"));
    Path upper = Files.createDirectories(folder.resolve("upper"));
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    Files.setPosixFilePermissions(upper, PosixFilePermissions.fromString("rwxr-xr-x"));
    own(upper, hostIdBase);
    Mounts.idmapped(template, lower, hostIdBase, IDS, true);
    Mounts.mount(
        "overlay",
        "letargo-test",
        rootfs,
        Mounts.NO_DEVICES,
        "lowerdir=%s,upperdir=%s,workdir=%s,index=off,metacopy=off,redirect_dir=off,xino=off"
            .formatted(lower, upper, scratch));
    Mounts.unmount(lower, true);
    Path program = rootfs.resolve("usr/bin/pages");
    Files.copy(Programs.payload("pages"), program, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    own(program, hostIdBase);
  }

  /** On hosts with version 1 the VPS sees its own group of the hierarchy {@code systemd}. */
  private void prepareGroup() {
    Path systemd = GROUPS.resolve("systemd");
    try {
      if (Files.isDirectory(systemd)) {
        own(Files.createDirectories(systemd.resolve(name)), hostIdBase);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<String> cgroupRoot() {
    boolean unified = Files.exists(GROUPS.resolve("cgroup.controllers"));
    return unified ? Optional.of("/" + name) : Optional.empty();
  }

  /** Some images are opened by the restored tasks, which are users of the container. */
  void giveTo(Path images) {
    try (Stream<Path> files = Files.list(images)) {
      for (Path file : files.toList()) {
        own(file, hostIdBase);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      }
      passable(images);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void own(Path path, int id) throws IOException {
    Files.setAttribute(path, "unix:uid", id);
    Files.setAttribute(path, "unix:gid", 0);
  }

  private static Path passable(Path made) {
    try {
      Files.createDirectories(made);
      return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    try (Stream<Path> hierarchies = Files.list(GROUPS)) {
      for (Path hierarchy : Stream.concat(Stream.of(GROUPS), hierarchies).toList()) {
        Path group = hierarchy.resolve(name);
        if (Files.isDirectory(group) && !Files.isSymbolicLink(hierarchy)) {
          HostCommand.run("find", group.toString(), "-depth", "-type", "d", "-delete");
        }
      }
    }
    while (Mounts.isMountPoint(rootfs)) {
      Mounts.unmount(rootfs, true);
    }
    relay.close();
    input.destroy();
    TempFolder.delete(folder);
  }
}
