package org.letargo.hook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.testing.Samples;

class GuestFilesTest {
  @TempDir Path temporary;
  private Path top;
  private Path outside;
  private GuestFiles files;

  @BeforeEach
  void makeTree() throws IOException {
    top = Files.createDirectory(temporary.resolve("root"));
    outside = Files.createDirectory(temporary.resolve("outside"));
    files = new GuestFiles(top, Samples.HOST_ID_BASE);
  }

  @AfterEach
  void leaveNoLinks() {
    DurableFiles.deleteTree(top); // JUnit warns of each that leads out
  }

  @Test
  void writesAFileOfTheVpssRootWithTheFoldersOnTheWay() throws IOException {
    files.write("etc/deep/hostname", "web1\n");

    assertThat(top.resolve("etc/deep/hostname")).hasContent("web1\n");
    assertOwnedAndOfMode("etc/deep/hostname", "rw-r--r--");
    assertOwnedAndOfMode("etc/deep", "rwxr-xr-x");
    assertOwnedAndOfMode("etc", "rwxr-xr-x");
    assertThat(top.resolve("etc/deep"))
        .isDirectoryNotContaining(path -> !path.endsWith("hostname"));
  }

  @Test
  void replacesAFileAsAWholeAndNotThroughItsOtherNames() throws IOException {
    Path etc = Files.createDirectory(top.resolve("etc"));
    Files.writeString(etc.resolve("hosts"), "old");
    Files.createLink(outside.resolve("other-name"), etc.resolve("hosts"));

    files.write("etc/hosts", "new");

    assertThat(etc.resolve("hosts")).hasContent("new");
    assertThat(outside.resolve("other-name")).hasContent("old");
  }

  @Test
  void replacesALinkAndWritesNotThroughIt() throws IOException {
    Path victim = Files.writeString(outside.resolve("victim"), "safe");
    Path etc = Files.createDirectory(top.resolve("etc"));
    Files.createSymbolicLink(etc.resolve("resolv.conf"), victim);
    Files.createSymbolicLink(etc.resolve(".resolv.conf.letargo"), victim);

    files.write("etc/resolv.conf", "nameserver 10.0.0.1\n");

    assertThat(victim).hasContent("safe");
    assertThat(etc.resolve("resolv.conf")).isRegularFile().hasContent("nameserver 10.0.0.1\n");
    assertThat(Files.isSymbolicLink(etc.resolve("resolv.conf"))).isFalse();
    assertThat(Files.getAttribute(victim, "unix:uid")).isEqualTo(0);
  }

  @Test
  void refusesALinkOnTheWay() throws IOException {
    Files.createSymbolicLink(top.resolve("etc"), outside);

    for (String name : new String[] {"etc/hostname", "etc/a/b"}) {
      assertThatThrownBy(() -> files.write(name, "x"))
          .isInstanceOf(IOException.class)
          .hasMessage("/etc in it is not a folder");
    }
    assertThatThrownBy(() -> files.link("etc/x", "/dev/null"))
        .hasMessage("/etc in it is not a folder");
    assertThatThrownBy(() -> files.makeFolder("etc")).hasMessage("/etc in it is not a folder");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void refusesALinkThatLeadsNowhereYet() throws IOException {
    Files.createDirectory(top.resolve("etc"));
    Files.createSymbolicLink(top.resolve("etc/systemd"), outside.resolve("not-yet"));

    assertThatThrownBy(() -> files.makeFolder("etc/systemd/system"))
        .hasMessage("/etc/systemd in it is not a folder");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void makesFoldersAndLeavesThoseThatAreThere() throws IOException {
    Path sys = Files.createDirectory(top.resolve("sys"));
    Files.setPosixFilePermissions(sys, PosixFilePermissions.fromString("r-xr-xr-x"));

    files.makeFolder("sys/fs/cgroup");
    files.makeFolder("sys/fs/cgroup");

    assertOwnedAndOfMode("sys/fs/cgroup", "rwxr-xr-x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sys)))
        .isEqualTo("r-xr-xr-x");
    assertThat(Files.getAttribute(sys, "unix:uid")).isEqualTo(0);
  }

  @Test
  void linksInPlaceOfWhatHasTheName() throws IOException {
    Files.writeString(Files.createDirectory(top.resolve("etc")).resolve("unit"), "old");

    files.link("etc/unit", "/dev/null");

    assertThat(Files.readSymbolicLink(top.resolve("etc/unit"))).isEqualTo(Path.of("/dev/null"));
    assertThat(Files.getAttribute(top.resolve("etc/unit"), "unix:uid", LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(Samples.HOST_ID_BASE);
    assertThat(Files.getAttribute(Path.of("/dev/null"), "unix:uid")).isEqualTo(0);
  }

  @Test
  void tellsAFolderFromALinkToOne() throws IOException {
    Files.createDirectories(top.resolve("a/b"));
    Files.createSymbolicLink(top.resolve("link"), top.resolve("a"));
    Files.createFile(top.resolve("file"));

    assertThat(files.isFolder("a/b")).isTrue();
    assertThat(files.isFolder("link")).isFalse();
    assertThat(files.isFolder("link/b")).isFalse();
    assertThat(files.isFolder("file")).isFalse();
    assertThat(files.isFolder("none")).isFalse();
  }

  private void assertOwnedAndOfMode(String name, String mode) throws IOException {
    Path path = top.resolve(name);
    assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(Samples.HOST_ID_BASE);
    assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(Samples.HOST_ID_BASE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo(mode);
  }
}
