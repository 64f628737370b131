package org.letargo.integration.bench;

import static org.letargo.integration.bench.Contender.PODMAN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Programs;

/**
 * podman with its defaults for checkpoints, runc as its runtime and our engine. Its container runs
 * what the template tiny runs, on a terminal, as host root and without a user namespace: in one,
 * podman 4.3 cannot restore ({@code Unable to open timens-0.img: Permission denied}). The web
 * server stays root in it: without CAP_SYS_RESOURCE the engine cannot dump a process of another
 * user outside of user namespaces.
 */
final class PodmanContender implements AutoCloseable {
  private static final String NAME = "bench";
  private static final String IMAGE = "localhost/letargo-bench";

  private final Path folder;
  private final Path archive;
  private final HostProgram podman;
  private final String group;

  /**
   * Makes the image.
   *
   * @param folder on the disk of the instance; it is the caller's
   */
  PodmanContender(Path folder, Path template) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.archive = folder.resolve("checkpoint.tar.zst");
    this.group = "/" + folder.getParent().getFileName() + "-podman";
    Path configuration = folder.resolve("containers.conf");
    Files.writeString(
        configuration,
        """
        [containers]
        default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        lock_type = "file"
        runtime = "runc"
        tmp_dir = "%1$s/tmp"
        volume_path = "%1$s/volumes"
        """
            .formatted(folder));
    this.podman =
        new HostProgram(
            folder.resolve("podman.log"),
            List.of(
                "podman",
                "--root",
                folder.resolve("root").toString(),
                "--runroot",
                folder.resolve("run").toString(),
                "--storage-driver",
                "overlay"),
            Map.of("CONTAINERS_CONF", configuration.toString()));
    makeImage(template);
  }

  private void makeImage(Path template) throws IOException {
    Path tree = folder.resolve("tree");
    HostCommand.run("cp", "-a", template.toString(), tree.toString());
    Files.copy(
        Programs.payload("fill"), tree.resolve("usr/bin/fill"), StandardCopyOption.COPY_ATTRIBUTES);
    Path inittab = tree.resolve("etc/inittab");
    Files.writeString(inittab, Files.readString(inittab).replace(" -u www-data", ""));
    Path tar = folder.resolve("image.tar");
    HostCommand.run("tar", "-C", tree.toString(), "-cf", tar.toString(), ".");
    podman.run("import", tar.toString(), IMAGE);
    HostCommand.run("rm", "-rf", "--one-file-system", tree.toString(), tar.toString());
  }

  /** A container is made, exported with its memory, removed, imported, removed. */
  void run(Subject subject, Figures figures) {
    podman.run(
        "run",
        "--detach",
        "--tty",
        "--name",
        NAME,
        "--network",
        "none",
        "--systemd=false",
        "--cgroup-parent",
        group,
        "--memory",
        String.valueOf(subject.memoryBytes()),
        IMAGE,
        "/sbin/init");
    sh(subject.load().begin());
    String title = subject.title();
    double checkpoint =
        Clock.seconds(() ->
            podman.run(
                "container",
                "checkpoint",
                "--export",
                archive.toString(),
                "--compress",
                "zstd",
                NAME));
    figures.seconds(title, "suspend + export", PODMAN, checkpoint);
    figures.seconds(title, "frozen while suspended", PODMAN, frozenSeconds());
    try {
      figures.mebibytes(title, "archive", PODMAN, Files.size(archive));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    podman.run("rm", "--force", NAME);
    figures.seconds(
        title,
        "import + resume",
        PODMAN,
        Clock.seconds(() -> podman.run("container", "restore", "--import", archive.toString())));
    sh(subject.load().check());
    podman.run("rm", "--force", "--time", "0", NAME);
  }

  private double frozenSeconds() {
    Path statistics = folder.resolve("stats-dump");
    HostCommand.run("tar", "-C", folder.toString(), "-xf", archive.toString(), "stats-dump");
    return EngineStatistics.frozenSeconds(statistics);
  }

  private void sh(String script) {
    podman.run("exec", NAME, "sh", "-c", script);
  }

  /** Removes containers, images, mounts and control groups. */
  @Override
  public void close() throws IOException {
    podman.run("rm", "--force", "--time", "0", "--all");
    podman.run("rmi", "--force", "--all");
    Path root = folder.resolve("root/overlay");
    HostCommand.tried(List.of("umount", root.toString())); // podman binds it onto itself
    ControlGroups.remove(group);
  }
}
