package org.letargo.hook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

class GuestPreparationTest {
  @TempDir Path rootfs;

  @AfterEach
  void leaveNoLinks() {
    DurableFiles.deleteTree(rootfs.resolve("etc")); // JUnit warns of each that leads out
  }

  @Test
  void leavesASystemWithAClassicInitAsItIs() throws IOException {
    Files.createDirectory(rootfs.resolve("etc"));

    assertThat(new GuestPreparation(rootfs).prepare())
        .isEqualTo(
            new TemplateInfo(
                "added from a tar, classic init",
                "SIGUSR2",
                List.of("/sbin/init"),
                false,
                Optional.empty()));
    assertThat(rootfs.resolve("etc")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"usr/lib/systemd/systemd", "lib/systemd/systemd"})
  void turnsOffInSystemdWhatCannotBeSaved(String program) throws IOException {
    Files.createDirectory(rootfs.resolve("etc"));
    Path systemd = rootfs.resolve(program);
    Files.createDirectories(systemd.getParent());
    Files.createFile(systemd);

    assertThat(new GuestPreparation(rootfs).prepare())
        .isEqualTo(
            new TemplateInfo(
                "added from a tar, systemd",
                "SIGRTMIN+3",
                List.of("/sbin/init"),
                true,
                Optional.empty()));
    Path units = rootfs.resolve("etc/systemd/system");
    assertThat(units.resolve("service.d/10-letargo.conf"))
        .hasContent(
            """
            # Namespaces of these kinds within a container cannot be saved.
            [Service]
            ProtectHostname=no
            PrivateNetwork=no
            PrivateUsers=no
            PrivateIPC=no
            """);
    for (String unit :
        List.of(
            "dev-hugepages.mount",
            "sys-kernel-debug.mount",
            "sys-kernel-tracing.mount",
            "sys-fs-fuse-connections.mount",
            "proc-sys-fs-binfmt_misc.automount",
            "systemd-udevd.service",
            "systemd-udevd-control.socket",
            "systemd-udevd-kernel.socket")) {
      assertThat(Files.readSymbolicLink(units.resolve(unit))).isEqualTo(Path.of("/dev/null"));
    }
  }

  @Test
  void refusesWhatIsNoRootFileSystem() throws IOException {
    Files.createSymbolicLink(rootfs.resolve("etc"), Path.of("/etc"));

    assertThatThrownBy(() -> new GuestPreparation(rootfs).prepare())
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST))
        .hasMessage(
            "cannot use this tar as a template: it has no folder /etc, so it is not a root file"
                + " system. Make the tar from within the root folder: tar -C ROOT -cf FILE .");
  }
}
