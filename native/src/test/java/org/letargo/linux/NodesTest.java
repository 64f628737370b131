package org.letargo.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesTest {
  @TempDir Path folder;

  @BeforeAll
  static void needRoot() {
    Root.required();
  }

  @Test
  void makesDevices() throws IOException {
    Path character = folder.resolve("character");
    Path block = folder.resolve("block");

    Nodes.characterDevice(character, 0666, 1, 3);
    Nodes.blockDevice(block, 0640, 4095, 0x12345);

    assertThat(Files.getAttribute(character, "unix:mode")).isEqualTo(0020666);
    assertThat(Files.getAttribute(character, "unix:rdev")).isEqualTo(Nodes.device(1, 3));
    assertThat(Files.getAttribute(block, "unix:mode")).isEqualTo(0060640);
    assertThat(Files.getAttribute(block, "unix:rdev")).isEqualTo(Nodes.device(4095, 0x12345));
    Files.writeString(character, "swallowed by the null device");
  }

  @Test
  void makesFifosAndSockets() throws IOException {
    Path fifo = folder.resolve("fifo");
    Path socket = folder.resolve("socket");

    Nodes.fifo(fifo, 0622);
    Nodes.socket(socket, 0777);

    assertThat(Files.getAttribute(fifo, "unix:mode")).isEqualTo(0010622);
    assertThat(Files.getAttribute(socket, "unix:mode")).isEqualTo(0140777);
  }

  @Test
  void doesNotReplaceWhatIsThere() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));

    assertThatThrownBy(() -> Nodes.fifo(link, 0600))
        .hasMessage("mknod(" + link + ") failed: EEXIST (File exists)");
    assertThatThrownBy(() -> Nodes.fifo(folder.resolve("x"), 0100600))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void changesTheOwnerOfALinkItself() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    Nodes.owner(link, 12, 34);

    assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(12);
    assertThat(Files.getAttribute(link, "unix:gid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(34);
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
    assertThatThrownBy(() -> Nodes.owner(link, -1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
