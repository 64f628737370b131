package org.letargo.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
  private static final int BASE = 1_000_000;
  private static final int COUNT = 65_536;

  private final Deque<Path> mounted = new ArrayDeque<>();

  @TempDir Path folder;
  private Path source;
  private Path target;

  @BeforeAll
  static void needRoot() {
    Root.required();
  }

  @BeforeEach
  void makeFolders() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
    target = Files.createDirectory(folder.resolve("target"));
    Files.writeString(source.resolve("file"), "content");
  }

  @AfterEach
  void unmountAll() {
    mounted.forEach(path -> Mounts.unmount(path, true));
  }

  private Path willUnmount(Path path) {
    mounted.push(path);
    return path;
  }

  @Test
  void shiftsTheOwnersOfFiles() throws IOException {
    Nodes.owner(source.resolve("file"), 33, 44);

    Mounts.idmapped(source, target, BASE, COUNT);
    willUnmount(target);

    assertThat(Files.getAttribute(target.resolve("file"), "unix:uid")).isEqualTo(BASE + 33);
    assertThat(Files.getAttribute(target.resolve("file"), "unix:gid")).isEqualTo(BASE + 44);
    Nodes.owner(target.resolve("file"), BASE + 1, BASE + 2);
    assertThat(Files.getAttribute(source.resolve("file"), "unix:uid")).isEqualTo(1);
    assertThatThrownBy(() -> Nodes.owner(target.resolve("file"), BASE + COUNT, BASE))
        .hasMessageContaining("EOVERFLOW");
  }

  @Test
  void shiftsReadOnlyToo() {
    Mounts.idmapped(source, target, BASE, COUNT, true);
    willUnmount(target);

    assertThatThrownBy(() -> Files.writeString(target.resolve("file"), "changed"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("Read-only file system");
  }

  @Test
  void leavesNothingMountedWhenItCannotShift() throws IOException {
    Mounts.idmapped(source, target, BASE, COUNT);
    willUnmount(target);
    Path again = Files.createDirectory(folder.resolve("again"));

    assertThatThrownBy(() -> Mounts.idmapped(target, again, BASE, COUNT))
        .hasMessage(
            "mount_setattr("
                + target
                + ", MOUNT_ATTR_IDMAP) failed: EPERM (Operation not permitted)");

    assertThat(Mounts.isMountPoint(again)).isFalse();
  }

  @Test
  void layersAVpsOverAShiftedTemplate() throws IOException {
    Path upper = Files.createDirectories(folder.resolve("disk/upper"));
    Path work = Files.createDirectories(folder.resolve("disk/work"));
    Path merged = Files.createDirectory(folder.resolve("merged"));
    Nodes.owner(upper, BASE, BASE);

    Mounts.idmapped(source, target, BASE, COUNT, true);
    Mounts.mount(
        "overlay",
        "letargo",
        merged,
        Mounts.NO_DEVICES,
        "lowerdir="
            + target
            + ",upperdir="
            + upper
            + ",workdir="
            + work
            + ",index=off,metacopy=off,redirect_dir=off,xino=off");
    willUnmount(merged);
    Mounts.unmount(target, true); // overlay keeps its own reference

    Nodes.owner(merged.resolve("file"), BASE + 5, BASE + 6);
    Files.writeString(merged.resolve("new"), "made in the VPS");
    assertThat(Files.getAttribute(upper.resolve("file"), "unix:uid")).isEqualTo(BASE + 5);
    assertThat(upper.resolve("new")).hasContent("made in the VPS");
    assertThat(Files.getAttribute(source.resolve("file"), "unix:uid")).isEqualTo(0);
    assertThat(source.resolve("new")).doesNotExist();
  }

  @Test
  void bindsAndUnmounts() {
    Mounts.bind(source, target);

    assertThat(target.resolve("file")).hasContent("content");
    assertThat(Mounts.isMountPoint(target)).isTrue();

    Mounts.unmount(target, false);

    assertThat(Mounts.isMountPoint(target)).isFalse();
    assertThat(target.resolve("file")).doesNotExist();
  }

  @Test
  void bindsReadOnly() {
    Mounts.bindReadOnly(source, target);
    willUnmount(target);

    assertThatThrownBy(() -> Files.writeString(target.resolve("new"), ""))
        .hasMessageContaining("Read-only file system");
    assertThat(source.resolve("new")).doesNotExist();
  }

  @Test
  void mountsWithOptions() throws IOException {
    Mounts.mount("tmpfs", "letargo", target, Mounts.NO_SUID, "size=64k,mode=0711");
    willUnmount(target);

    assertThat(Mounts.isMountPoint(target)).isTrue();
    assertThat(Files.getFileStore(target).getTotalSpace()).isEqualTo(64 << 10);
  }

  @Test
  void saysWhatItCouldNotMount() {
    assertThatThrownBy(() -> Mounts.mount("nosuchfs", "none", target, 0, ""))
        .hasMessage("mount(nosuchfs, " + target + ", ) failed: ENODEV (No such device)");
    assertThatThrownBy(() -> Mounts.unmount(target, false)).hasMessageContaining("EINVAL");
  }

  @Test
  void unmountsWhatIsInUseOnlyLazily() throws IOException {
    Mounts.mount("tmpfs", "letargo", target, 0, "");
    try (var open = Files.newOutputStream(target.resolve("busy"))) {
      assertThatThrownBy(() -> Mounts.unmount(target, false)).hasMessageContaining("EBUSY");

      Mounts.unmount(target, true);

      open.write(1);
      assertThat(Mounts.isMountPoint(target)).isFalse();
    }
  }

  @Test
  void whatDoesNotExistIsNoMountPoint() {
    assertThat(Mounts.isMountPoint(folder.resolve("missing"))).isFalse();
    assertThat(Mounts.isMountPoint(source.resolve("file/below"))).isFalse();
    assertThat(Mounts.isMountPoint(Path.of("/proc"))).isTrue();
  }
}
