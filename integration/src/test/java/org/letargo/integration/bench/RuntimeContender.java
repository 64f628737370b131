package org.letargo.integration.bench;

import static org.letargo.integration.bench.Contender.RUNTIME;

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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.runtime.Runc;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Programs;
import org.letargo.linux.Mounts;

/**
 * runc and CRIU by themselves: the same container without Letargo's part. Its configuration is that
 * of a VPS without hooks, its disk the same overlay, its options those that Letargo gave to runc
 * and to CRIU for that VPS, without the action script. Its standard input is a pipe, not a
 * terminal: restoring a terminal takes a program that receives it.
 */
final class RuntimeContender implements AutoCloseable {
  private static final String NAME = "bench";
  private static final int IDS = 65_536;

  private final Path folder;
  private final Path template;
  private final Path rootfs;
  private final Path images;
  private final Path work;
  private final Path options;
  private final String group;
  private final HostProgram runc;
  private final Process input;
  private int hostIdBase;

  /**
   * @param folder on the disk of the instance; it is the caller's
   * @param template the root folder of the template
   */
  RuntimeContender(Path folder, Path template) throws IOException {
    this.folder = passable(folder);
    this.template = template;
    this.rootfs = passable(folder.resolve("rootfs"));
    this.images = folder.resolve("images");
    this.work = passable(folder.resolve("work"));
    this.options = folder.resolve("engine.conf");
    this.group = "/" + folder.getParent().getFileName() + "-" + folder.getFileName();
    this.runc =
        new HostProgram(
            folder.resolve("runc.log"),
            List.of(
                "runc",
                "--root",
                folder.resolve("runc").toString(),
                "--log",
                folder.resolve("messages").toString()),
            Map.of());
    this.input = new ProcessBuilder("sleep", "infinity").start();
  }

  private static Path passable(Path made) throws IOException {
    Files.createDirectories(made);
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
  }

  /**
   * Takes over the configuration that Letargo made for a VPS: the next runs are about the same.
   *
   * @param run where the runtime's files of the VPS lie
   */
  void imitate(Path run) {
    try {
      ObjectNode config =
          (ObjectNode) Api.JSON.readTree(Files.readAllBytes(run.resolve("config.json")));
      String groupOfVps = config.at("/linux/cgroupsPath").asText();
      hostIdBase = config.at("/linux/uidMappings/0/hostID").asInt();
      config.remove("hooks");
      ((ObjectNode) config.at("/process")).put("terminal", false);
      ((ObjectNode) config.at("/root")).put("path", rootfs.toString());
      ((ObjectNode) config.at("/annotations")).put("org.criu.config", options.toString());
      String text = Api.JSON.writeValueAsString(config).replace(groupOfVps + "\"", group + "\"");
      Files.writeString(folder.resolve("config.json"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A container is made, checkpointed, restored and removed. */
  void run(Subject subject, Figures figures) throws IOException {
    mountDisk(subject);
    prepareGroup();
    String title = subject.title();
    figures.seconds(title, "start", RUNTIME, Clock.seconds(this::start));
    sh(subject.load().begin());
    use(dumpOptions());
    remove(images);
    passable(images);
    double checkpoint = Clock.seconds(this::checkpoint);
    figures.seconds(title, "suspend", RUNTIME, checkpoint);
    figures.seconds(
        title,
        "frozen while suspended",
        RUNTIME,
        EngineStatistics.frozenSeconds(work.resolve("stats-dump")));
    figures.seconds(
        title, "suspend, safe on the disk", RUNTIME, checkpoint + Clock.seconds(this::syncImages));
    giveImages();
    prepareGroup();
    use(EngineOptions.restore(Path.of("unused"), cgroupRoot()));
    figures.seconds(title, "resume", RUNTIME, Clock.seconds(this::restore));
    sh(subject.load().check());
    runc.run("delete", "--force", NAME);
    ControlGroups.remove(group);
    removeDisk();
    remove(images);
  }

  private void start() {
    runc.runSilently(standardInput(), List.of("run", "-d", "--bundle", folder.toString(), NAME));
  }

  private void checkpoint() {
    List<String> line = line("checkpoint", List.of());
    explained("dump.log", () -> runc.run(line));
  }

  private void restore() {
    List<String> line = line("restore", List.of("--detach", "--bundle", folder.toString()));
    explained("restore.log", () -> runc.runSilently(standardInput(), line));
  }

  /** runc itself says no more than that the engine failed. */
  private void explained(String log, Runnable program) {
    try {
      program.run();
    } catch (AssertionError e) {
      throw new AssertionError(
          EngineLog.explain(work.resolve(log), _ -> Optional.empty()).toString(), e);
    }
  }

  private List<String> line(String verb, List<String> further) {
    List<String> line = new ArrayList<>(List.of(verb));
    line.addAll(Runc.CHECKPOINT_OPTIONS);
    line.addAll(List.of("--image-path", images.toString(), "--work-path", work.toString()));
    line.addAll(further);
    line.add(NAME);
    return line;
  }

  /** A pipe that nobody writes to and that does not end, as a console where nobody sits. */
  private File standardInput() {
    return new File("/proc/" + input.pid() + "/fd/1");
  }

  private void sh(String script) {
    runc.run("exec", NAME, "sh", "-c", script);
  }

  private void mountDisk(Subject subject) throws IOException {
    Path lower = Files.createDirectories(folder.resolve("lower"));
    Path upper = Files.createDirectories(folder.resolve("upper"));
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    Files.setPosixFilePermissions(upper, PosixFilePermissions.fromString("rwxr-xr-x"));
    own(upper, hostIdBase, hostIdBase);
    Mounts.idmapped(template, lower, hostIdBase, IDS, true);
    Mounts.mount(
        "overlay",
        "letargo-bench",
        rootfs,
        Mounts.NO_DEVICES,
        "lowerdir=%s,upperdir=%s,workdir=%s,index=off,metacopy=off,redirect_dir=off,xino=off"
            .formatted(lower, upper, scratch));
    Mounts.unmount(lower, true);
    if (subject.usesFill()) {
      Path program = rootfs.resolve("usr/bin/fill");
      Files.copy(Programs.payload("fill"), program, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      own(program, hostIdBase, hostIdBase);
    }
  }

  private static void own(Path path, int user, int group) throws IOException {
    Files.setAttribute(path, "unix:uid", user);
    Files.setAttribute(path, "unix:gid", group);
  }

  private void removeDisk() {
    while (Mounts.isMountPoint(rootfs)) {
      Mounts.unmount(rootfs, true);
    }
    remove(folder.resolve("upper"));
    remove(folder.resolve("scratch"));
  }

  /** On hosts with version 1 the VPS sees its own group of the hierarchy {@code systemd}. */
  private void prepareGroup() throws IOException {
    Path systemd = ControlGroups.TOP.resolve("systemd");
    if (Files.isDirectory(systemd)) {
      Path own = Files.createDirectories(systemd.resolve(group.substring(1)));
      own(own, hostIdBase, hostIdBase);
    }
  }

  /** Letargo's options for the engine, without the script that asks Letargo. */
  private void use(EngineOptions ofLetargo) throws IOException {
    ofLetargo.write(options);
    List<String> lines = Files.readAllLines(options);
    Files.write(options, lines.stream().filter(l -> !l.startsWith("action-script ")).toList());
  }

  private EngineOptions dumpOptions() {
    return EngineOptions.dump(Path.of("unused"), Set.of(), 0, cgroupRoot());
  }

  private Optional<String> cgroupRoot() {
    boolean unified = Files.exists(ControlGroups.TOP.resolve("cgroup.controllers"));
    return unified ? Optional.of(group) : Optional.empty();
  }

  /** Some images are opened by the restored tasks, which are users of the container. */
  private void giveImages() throws IOException {
    try (Stream<Path> files = Files.list(images)) {
      for (Path file : files.toList()) {
        own(file, hostIdBase, 0);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      }
    }
  }

  private void syncImages() {
    try (Stream<Path> files = Files.list(images)) {
      List<String> line = new ArrayList<>(List.of("sync"));
      files.map(Path::toString).forEach(line::add);
      HostCommand.run(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path made) {
    HostCommand.run("rm", "-rf", "--one-file-system", made.toString());
  }

  /** Removes the container and its mounts, however far a run came. */
  @Override
  public void close() throws IOException {
    HostCommand.tried(
        List.of("runc", "--root", folder.resolve("runc").toString(), "delete", "--force", NAME));
    ControlGroups.remove(group);
    removeDisk();
    input.destroy();
  }
}
