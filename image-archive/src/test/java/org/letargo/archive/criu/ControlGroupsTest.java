package org.letargo.archive.criu;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.archive.ArchiveException;

class ControlGroupsTest {
  private static final int COMMON = 0x54564319;
  private static final int CONTROL_GROUPS = 0x59383330;

  @TempDir Path directory;

  @Test
  void acceptsImagesWithoutControlGroups() {
    assertThatCode(() -> new ControlGroups(directory).requireInside()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "pids, /letargo/web1, letargo/web1, pids.max",
    "name=systemd, /letargo/web1/init.scope, system.slice/a..b.service, cgroup.clone_children",
    "'', /, x, notify_on_release",
  })
  void acceptsWhatTheEngineWrites(String controller, String path, String group, String property)
      throws IOException {
    write(controller, path, group, property);

    assertThatCode(() -> new ControlGroups(directory).requireInside()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "../x, /a, b, pids.max, controller '../x' has no valid name",
    "pids, /a/../../b, b, pids.max, group '/a/../../b' leads out of the control groups",
    "pids, /a, ../../etc/cron.d, pids.max, group '../../etc/cron.d' leads out of the control groups",
    "pids, /a, b, ../../../release_agent,"
        + " property '../../../release_agent' is none that a VPS may set",
    "pids, /a, b, .., property '..' is none that a VPS may set",
    "pids, /a, b, release_agent, property 'release_agent' is none that a VPS may set",
    "pids, /a, b, '', property '' is none that a VPS may set",
  })
  void refusesNamesThatLeadOut(
      String controller, String path, String group, String property, String why)
      throws IOException {
    write(controller, path, group, property);

    assertThatThrownBy(() -> new ControlGroups(directory).requireInside())
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("the checkpoint's images are refused: " + why);
  }

  @Test
  void refusesGroupsWithoutEnd() throws IOException {
    byte[] groups = text(1, "x");
    for (int depth = 0; depth < 70; depth++) {
      groups = concat(text(1, "x"), field(2, groups));
    }
    write(field(2, field(2, groups)));

    assertThatThrownBy(() -> new ControlGroups(directory).requireInside())
        .hasMessageContaining("lies deeper than 64 others");
  }

  private void write(String controller, String path, String group, String property)
      throws IOException {
    byte[] set = field(2, concat(text(1, controller), text(2, path)));
    byte[] child = concat(text(1, group), field(3, text(1, property)));
    byte[] top = concat(text(1, "letargo/web1"), field(2, child));
    write(concat(field(1, set), field(2, concat(text(1, controller), field(2, top)))));
  }

  private void write(byte[] message) throws IOException {
    byte[] head =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(COMMON)
            .putInt(CONTROL_GROUPS)
            .putInt(message.length)
            .array();
    Files.write(directory.resolve("cgroup.img"), concat(head, message));
  }

  private static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int number, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(number << 3 | 2);
    int length = content.length;
    for (; length > 0x7F; length >>>= 7) {
      out.write(length & 0x7F | 0x80);
    }
    out.write(length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }
}
