package org.letargo.hook.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * Makes a root file system that somebody added fit for suspension: finds its init and, where that
 * is systemd, turns off what the engine cannot save (nested user, ipc and uts namespaces;
 * hugetlbfs, debugfs, autofs mounts; udev).
 */
final class GuestPreparation {
  private static final List<String> MASKED_UNITS =
      List.of(
          "dev-hugepages.mount",
          "sys-kernel-debug.mount",
          "sys-kernel-tracing.mount",
          "sys-fs-fuse-connections.mount",
          "proc-sys-fs-binfmt_misc.automount",
          "systemd-udevd.service",
          "systemd-udevd-control.socket",
          "systemd-udevd-kernel.socket");

  private final Path rootfs;

  GuestPreparation(Path rootfs) {
    this.rootfs = rootfs;
  }

  TemplateInfo prepare() throws IOException {
    GuestFiles files = new GuestFiles(rootfs, 0);
    if (!files.isFolder("etc")) {
      throw new VpsException(
          Code.INVALID_REQUEST,
          "cannot use this tar as a template",
          "it has no folder /etc, so it is not a root file system",
          "Make the tar from within the root folder: tar -C ROOT -cf FILE .");
    }
    boolean hasSystemd =
        Files.isRegularFile(rootfs.resolve("usr/lib/systemd/systemd"), LinkOption.NOFOLLOW_LINKS)
            || Files.isRegularFile(
                rootfs.resolve("lib/systemd/systemd"), LinkOption.NOFOLLOW_LINKS);
    if (!hasSystemd) {
      return new TemplateInfo(
          "added from a tar, classic init",
          "SIGUSR2",
          List.of("/sbin/init"),
          false,
          Optional.empty());
    }
    files.write(
        "etc/systemd/system/service.d/10-letargo.conf",
        """
        # Namespaces of these kinds within a container cannot be saved.
        [Service]
        ProtectHostname=no
        PrivateNetwork=no
        PrivateUsers=no
        PrivateIPC=no
        """);
    for (String unit : MASKED_UNITS) {
      files.link("etc/systemd/system/" + unit, "/dev/null");
    }
    return new TemplateInfo(
        "added from a tar, systemd", "SIGRTMIN+3", List.of("/sbin/init"), true, Optional.empty());
  }
}
