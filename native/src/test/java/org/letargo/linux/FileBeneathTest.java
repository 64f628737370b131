package org.letargo.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileBeneathTest {
  @TempDir Path scratch;
  private Path root;

  @BeforeEach
  void tree() throws IOException {
    root = Files.createDirectories(scratch.resolve("root/a/b")).getParent().getParent();
    Files.writeString(root.resolve("a/b/file"), "content");
    Files.writeString(scratch.resolve("secret"), "secret");
    Files.createSymbolicLink(root.resolve("link"), root.resolve("a/b/file"));
    Files.createSymbolicLink(root.resolve("out"), scratch);
    Files.createSymbolicLink(root.resolve("a/in"), Path.of("b"));
  }

  @Test
  void leadsToTheFileWhateverHappensToItsName() throws IOException {
    try (FileBeneath file = find("a/b/file")) {
      Files.move(root.resolve("a"), root.resolve("moved"));
      Files.createDirectories(root.resolve("a/b"));
      Files.writeString(root.resolve("a/b/file"), "another");

      assertThat(Files.readString(file.path())).isEqualTo("content");
      assertThat(Extents.dataOf(file)).containsExactly(new Extents.Extent(0, 7));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, ENOENT",
    "out/secret, ELOOP",
    "a/in/file, ELOOP",
    "../secret, EXDEV",
    "a/../../secret, EXDEV",
    "/etc/passwd, EXDEV",
    "a/b/file/x, ENOTDIR"
  })
  void refuses(String path, String errno) {
    assertThatThrownBy(() -> find(path).close())
        .isInstanceOf(NativeException.class)
        .hasMessageContaining(errno);
  }

  @Test
  void isTheLinkItselfWhereOneStandsInTheFilesPlace() throws IOException {
    try (FileBeneath link = find("link")) {
      assertThat(Files.readAttributes(link.path(), BasicFileAttributes.class).isSymbolicLink())
          .isTrue();
    }
  }

  @Test
  void doesNotWaitForAPipe() throws IOException {
    Nodes.fifo(root.resolve("pipe"), 0600);

    try (FileBeneath pipe = find("pipe")) {
      assertThat(Files.readAttributes(pipe.path(), BasicFileAttributes.class).isOther()).isTrue();
    }
  }

  private FileBeneath find(String path) {
    return FileBeneath.find(root, path.getBytes(UTF_8));
  }
}
