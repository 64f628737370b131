package org.letargo.archive.criu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.letargo.archive.criu.Messages.bytes;
import static org.letargo.archive.criu.Messages.join;
import static org.letargo.archive.criu.Messages.magic;
import static org.letargo.archive.criu.Messages.message;
import static org.letargo.archive.criu.Messages.number;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Terminal 3, whose slave two processes have by two open files; terminal 0, the console, whose
 * master is not saved.
 */
class TerminalImagesTest {
  private static final int COMMON = 0x54564319;
  private static final int MASTER_3 = 3 * 2 + 1;
  private static final int SLAVE_3 = 3 * 2;

  @TempDir Path directory;

  private TerminalImages images() throws IOException {
    write("pstree.img", 0x50273030, process(1), process(70), process(71));
    write("ids-1.img", 0x54432030, join(number(1, 1), number(2, 1)));
    write("ids-70.img", 0x54432030, join(number(1, 2), number(2, 5)));
    write("ids-71.img", 0x54432030, join(number(1, 3), number(2, 6)));
    write("tty-info.img", 0x59453036, terminal(0, 0), terminal(MASTER_3, 3), terminal(SLAVE_3, 3));
    write(
        "files.img",
        0x56303138,
        file(0x10, 0, 02),
        join(number(1, 1), number(2, 0x11)), // a regular file
        file(0x12, MASTER_3, 02),
        file(0x13, SLAVE_3, 0102),
        file(0x14, SLAVE_3, 04002)); // not the first one: CRIU left it alone
    write("fdinfo-1.img", 0x56213732, descriptor(0x10, 11, 0), descriptor(0x11, 1, 3));
    write("fdinfo-5.img", 0x56213732, descriptor(0x12, 11, 9));
    write("fdinfo-6.img", 0x56213732, descriptor(0x13, 11, 0), descriptor(0x13, 11, 1));
    write(
        "tty-data.img",
        0x59413026,
        join(number(1, SLAVE_3), bytes(2, "typed\n".getBytes(StandardCharsets.US_ASCII))));
    return new TerminalImages(directory);
  }

  @Test
  void tellsWhoHasTheEndsThatWereChangedAndWhatWaitedThere() throws IOException {
    List<String> ends = images().ends().stream().map(TerminalImagesTest::line).toList();

    assertThat(ends)
        .containsExactly(
            "0 slave 1/0 flags 2 ''",
            "3 master 70/9 flags 2 ''",
            "3 slave 71/0 flags 102 'typed\n'");
  }

  private static String line(TerminalImages.End end) {
    return "%d %s %d/%d flags %o '%s'"
        .formatted(
            end.index(),
            end.isMaster() ? "master" : "slave",
            end.pid(),
            end.descriptor(),
            end.flags(),
            new String(end.unread(), StandardCharsets.US_ASCII));
  }

  @Test
  void knowsWhetherTheEngineCameSoFar() throws IOException {
    TerminalImages images = images();
    boolean before = images.areComplete();

    write("inventory.img", 0x58313116);

    assertThat(before).isFalse();
    assertThat(images.areComplete()).isTrue();
  }

  @Test
  void findsNoneWhereThereIsNoTerminal() throws IOException {
    assertThat(new TerminalImages(directory).ends()).isEmpty();
  }

  private static byte[] process(int pid) {
    return join(number(1, pid), number(2, 0), number(3, pid), number(4, pid), number(5, pid));
  }

  private static byte[] terminal(int id, int index) {
    return join(number(1, id), number(2, 1), bytes(12, number(1, index)));
  }

  private static byte[] file(int id, int terminal, int flags) {
    byte[] tty = join(number(1, id), number(2, terminal), number(3, flags));
    return join(number(1, 11), number(2, id), bytes(19, tty));
  }

  private static byte[] descriptor(int id, int type, int number) {
    return join(number(1, id), number(2, 0), number(3, type), number(4, number));
  }

  private void write(String name, int magic, byte[]... messages) throws IOException {
    byte[] content = magic(COMMON, magic);
    for (byte[] message : messages) {
      content = join(content, message(message));
    }
    Files.write(directory.resolve(name), content);
  }
}
