package org.letargo.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A terminal of this very process. */
class BorrowedTerminalTest {
  private static final long SELF = ProcessHandle.current().pid();
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final byte[] buffer = new byte[100];
  private PtyMaster terminal;
  private RandomAccessFile program;
  private BorrowedTerminal master;
  private BorrowedTerminal slave;

  @BeforeEach
  void open() throws IOException {
    terminal = PtyMaster.open();
    String device = terminal.slave().toString();
    program = new RandomAccessFile(device, "rw");
    slave =
        BorrowedTerminal.of(
            SELF,
            descriptor(number -> {
              return Files.readSymbolicLink(Path.of("/proc/self/fd", number))
                  .toString()
                  .equals(device);
            }));
    String index = "tty-index:\t" + device.substring(device.lastIndexOf('/') + 1);
    master =
        BorrowedTerminal.of(
            SELF,
            descriptor(number ->
                Files.readAllLines(Path.of("/proc/self/fdinfo", number)).contains(index)));
  }

  private interface Condition {
    boolean isTrueOf(String number) throws IOException;
  }

  private static int descriptor(Condition condition) throws IOException {
    List<String> numbers;
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      numbers = open.map(path -> path.getFileName().toString()).toList();
    }
    for (String number : numbers) {
      try {
        if (condition.isTrueOf(number)) {
          return Integer.parseInt(number);
        }
      } catch (IOException e) {
        // closed meanwhile: the one that lists
      }
    }
    throw new AssertionError("not open");
  }

  @AfterEach
  void close() throws IOException {
    master.close();
    slave.close();
    program.close();
    terminal.close();
  }

  private String read() throws IOException {
    return new String(buffer, 0, program.read(buffer), US_ASCII);
  }

  private String shown() {
    return new String(buffer, 0, terminal.read(buffer), US_ASCII);
  }

  @Test
  void typesWithoutAnEchoAndEchoesAfterwards() throws IOException {
    int written = master.writeAgain("again\n".getBytes(US_ASCII), this::awaitTyped);
    String again = read();

    assertThat(written).isEqualTo(6);
    assertThat(again).isEqualTo("again\n");
    assertThat(master.awaitInput(Duration.ZERO)).isFalse();
    terminal.write("anew\n".getBytes(US_ASCII));
    assertThat(shown()).isEqualTo("anew\r\n");
    assertThat(read()).isEqualTo("anew\n");
  }

  private void awaitTyped() {
    assertThat(slave.awaitInput(LONGEST)).isTrue();
  }

  @Test
  void printsWithoutChangingALineEndAndChangesItAfterwards() throws IOException {
    slave.writeAgain("again\r\n".getBytes(US_ASCII), () -> {});
    String again = shown();

    assertThat(again).isEqualTo("again\r\n");
    program.write("anew\n".getBytes(US_ASCII));
    assertThat(shown()).isEqualTo("anew\r\n");
  }

  @Test
  void changesTheFlagsOfTheOpenFile() {
    boolean before = slave.isNonBlocking();

    slave.setFlags(Libc.O_RDWR | Libc.O_NONBLOCK);

    assertThat(before).isFalse();
    assertThat(slave.isNonBlocking()).isTrue();
    slave.setFlags(Libc.O_RDWR);
    assertThat(slave.isNonBlocking()).isFalse();
  }
}
