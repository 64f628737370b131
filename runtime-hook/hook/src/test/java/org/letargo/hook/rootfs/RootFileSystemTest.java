package org.letargo.hook.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.Mounts;
import org.letargo.linux.Nodes;

/** With real mounts, which need root and letargo-relay. */
class RootFileSystemTest {
  private static final StoredVps STORED = Samples.stored();
  private static final int BASE = Samples.HOST_ID_BASE;

  @TempDir Path temporary;
  private VpsFolder folder;
  private Path template;

  @BeforeEach
  void makeTemplate() throws IOException {
    folder = Samples.folder(temporary);
    template = Files.createDirectory(temporary.resolve("template"));
    Files.createDirectory(template.resolve("etc"));
    Files.writeString(template.resolve("etc/issue"), "template");
    Path page = Files.writeString(template.resolve("page"), "of www-data");
    Files.setAttribute(page, "unix:uid", 33);
    Files.setAttribute(page, "unix:gid", 33);
    RootFileSystem.create(folder, STORED);
  }

  @AfterEach
  void leaveNoMount() {
    RootFileSystem.unmount(folder);
    assertThat(Mounts.isMountPoint(folder.rootfs())).isFalse();
    assertThat(Mounts.isMountPoint(folder.run().resolve("lower"))).isFalse();
  }

  @Test
  void makesADiskThatOnlyTheHostsRootReaches() throws IOException {
    assertThat(mode(folder.disk())).isEqualTo("rwx------");
    assertThat(owner(folder.disk())).isZero();
    assertThat(mode(folder.upper())).isEqualTo("rwxr-xr-x");
    assertThat(owner(folder.upper())).isEqualTo(BASE);
  }

  @Test
  void showsTheTemplateWithTheIdsOfTheVps() throws IOException {
    RootFileSystem.mount(folder, STORED, template);

    assertThat(folder.rootfs().resolve("etc/issue")).hasContent("template");
    assertThat(owner(folder.rootfs())).isEqualTo(BASE);
    assertThat(owner(folder.rootfs().resolve("etc"))).isEqualTo(BASE);
    assertThat(owner(folder.rootfs().resolve("page"))).isEqualTo(BASE + 33);
    assertThat(Mounts.isMountPoint(folder.run().resolve("lower"))).isFalse();
  }

  @Test
  void writesAboveTheTemplateAndNeverIntoIt() throws IOException {
    RootFileSystem.mount(folder, STORED, template);

    Files.writeString(folder.rootfs().resolve("etc/issue"), "changed");
    Files.delete(folder.rootfs().resolve("page"));
    RootFileSystem.unmount(folder);

    assertThat(template.resolve("etc/issue")).hasContent("template");
    assertThat(template.resolve("page")).hasContent("of www-data");
    assertThat(owner(template.resolve("page"))).isEqualTo(33);
    assertThat(folder.upper().resolve("etc/issue")).hasContent("changed");
    assertThat(owner(folder.upper().resolve("etc/issue"))).isEqualTo(BASE);

    RootFileSystem.mount(folder, STORED, template);

    assertThat(folder.rootfs().resolve("etc/issue")).hasContent("changed");
    assertThat(folder.rootfs().resolve("page")).doesNotExist();
  }

  @Test
  void opensNoDeviceOfTheTemplateOrOfTheVps() throws IOException {
    Nodes.characterDevice(template.resolve("null"), 0666, 1, 3);
    Nodes.characterDevice(folder.upper().resolve("zero"), 0666, 1, 5);
    RootFileSystem.mount(folder, STORED, template);

    for (String device : new String[] {"null", "zero"}) {
      Path node = folder.rootfs().resolve(device);
      assertThat(node).exists();
      assertThatThrownBy(() -> Files.newInputStream(node).close())
          .isInstanceOf(AccessDeniedException.class);
    }
  }

  @Test
  void isMountedOnceHoweverOftenItIsAskedFor() {
    RootFileSystem.mount(folder, STORED, template);
    RootFileSystem.mount(folder, STORED, template);

    Mounts.unmount(folder.rootfs(), false);

    assertThat(Mounts.isMountPoint(folder.rootfs())).isFalse();
    assertThat(folder.rootfs()).isEmptyDirectory();
    RootFileSystem.unmount(folder);
  }

  @Test
  void unmountsWhatIsInUse() throws IOException {
    RootFileSystem.mount(folder, STORED, template);
    try (var _ = Files.newInputStream(folder.rootfs().resolve("etc/issue"))) {
      RootFileSystem.unmount(folder);

      assertThat(folder.rootfs()).isEmptyDirectory();
    }
  }

  @Test
  void leavesNoMountWhenItCannotBeMounted() {
    assertThatThrownBy(() -> RootFileSystem.mount(folder, STORED, temporary.resolve("none")))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessageStartingWith("cannot mount the disk of VPS 'web1': open_tree(")
        .hasMessageEndingWith(
            ". The state folder must be on ext4, xfs or btrfs, and the kernel 5.19 or newer.");
  }

  private static int owner(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
