package org.letargo.hook.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDigestTest {
  @TempDir Path top;
  private TemplateInfo.Contents before;

  @BeforeEach
  void makeTree() throws IOException {
    Files.createDirectory(top.resolve("etc"));
    Files.writeString(top.resolve("etc/hosts"), "localhost\n");
    Files.createSymbolicLink(top.resolve("link"), Path.of("/no/such/place"));
    Files.createFile(top.resolve("empty"));
    before = TreeDigest.of(top);
  }

  @Test
  void isTheSameForTheSameTreeAtAnyTime() throws IOException {
    Files.setLastModifiedTime(top.resolve("etc/hosts"), FileTime.fromMillis(0));
    Files.delete(top.resolve("empty"));
    Files.createFile(top.resolve("empty"));

    assertThat(TreeDigest.of(top)).isEqualTo(before);
    assertThat(before.digest()).matches("sha256:[0-9a-f]{64}");
    assertThat(before.sizeBytes()).isEqualTo(10);
  }

  @Test
  void changesWithContents() throws IOException {
    Files.writeString(top.resolve("etc/hosts"), "localhosT\n");
    assertDiffers();
  }

  @Test
  void changesWithAMode() throws IOException {
    Files.setPosixFilePermissions(
        top.resolve("etc/hosts"), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertDiffers();
  }

  @Test
  void changesWithAnOwner() throws IOException {
    Files.setAttribute(top.resolve("etc/hosts"), "unix:uid", 33);
    assertDiffers();
  }

  @Test
  void changesWithAGroup() throws IOException {
    Files.setAttribute(top.resolve("etc"), "unix:gid", 33);
    assertDiffers();
  }

  @Test
  void changesWithAName() throws IOException {
    Files.move(top.resolve("empty"), top.resolve("vacant"));
    assertDiffers();
  }

  @Test
  void changesWithWhereALinkLeads() throws IOException {
    Files.delete(top.resolve("link"));
    Files.createSymbolicLink(top.resolve("link"), Path.of("/no/such/thing"));
    assertDiffers();
  }

  @Test
  void changesWithAFolderMore() throws IOException {
    Files.createDirectory(top.resolve("more"));
    assertDiffers();
  }

  private void assertDiffers() throws IOException {
    assertThat(TreeDigest.of(top).digest()).isNotEqualTo(before.digest());
  }
}
