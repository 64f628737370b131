package org.letargo.hook.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleLogTest {
  private static final String AT = "2026-01-31T23:59:59.123456789+00:00 stdout ";
  private static final int ALL = 1 << 20;

  @TempDir Path folder;

  @Test
  void joinsWhatConmonCut() throws IOException {
    assertTail(
        AT + "F Debian GNU/Linux 12\r\n" + AT + "P web1 " + "\n" + AT + "P login: \n",
        ALL,
        "Debian GNU/Linux 12\r\nweb1 login: ");
  }

  @Test
  void keepsEmptyLinesAndBlanks() throws IOException {
    assertTail(AT + "F \r\n" + AT + "F   two words \r\n", ALL, "\r\n  two words \r\n");
  }

  @Test
  void keepsEveryByteOfTheTerminal() throws IOException {
    byte[] line = (AT + "P \033[31m\377\376\u00e8\n").getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("console.log"), line);

    assertThat(new String(tail(ALL), StandardCharsets.ISO_8859_1))
        .isEqualTo("\033[31m\377\376\u00e8");
  }

  @Test
  void givesTheLastBytesOfALongLog() throws IOException {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      log.append(AT).append("F line %04d%s\r\n".formatted(i, "-".repeat(60)));
    }
    Files.writeString(folder.resolve("console.log"), log);

    String tail = new String(tail(1000), StandardCharsets.US_ASCII);

    assertThat(tail).hasSize(1000).endsWith("line 1999" + "-".repeat(60) + "\r\n");
    assertThat(tail).contains("line 1990");
  }

  @Test
  void beginsWithAWholeLineWhereItIsCutInTheMiddle() throws IOException {
    String log = AT + "F first\r\n" + AT + "F second\r\n";

    assertTail(log, (log.length() - 10) / 2, "second\r\n");
  }

  @Test
  void showsALineThatIsBeingWritten() throws IOException {
    assertTail(AT + "F done\r\n" + AT + "P half", ALL, "done\r\nhalf");
  }

  @Test
  void leavesOutWhatIsNoLineOfConmons() throws IOException {
    assertTail("garbage\n\nno flag\n" + AT + "F text\n", ALL, "text\n");
  }

  @Test
  void isEmptyWhereThereIsNoLog() throws IOException {
    assertThat(tail(ALL)).isEmpty();
    assertTail("", ALL, "");
  }

  private void assertTail(String log, int wantedBytes, String expected) throws IOException {
    Files.writeString(folder.resolve("console.log"), log);

    assertThat(new String(tail(wantedBytes), StandardCharsets.UTF_8)).isEqualTo(expected);
  }

  private byte[] tail(int wantedBytes) throws IOException {
    return ConsoleLog.tail(folder.resolve("console.log"), wantedBytes);
  }
}
