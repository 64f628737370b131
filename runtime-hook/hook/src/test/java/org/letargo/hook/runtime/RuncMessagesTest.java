package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuncMessagesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "time=\"2026-01-31T23:59:59Z\" level=error msg=\"container does not exist\""
            + " | container does not exist",
        "time=\"2026-01-31T23:59:59Z\" level=warning msg=\"unable to get oom kill count\""
            + " error=\"no such file\" time=\"x\" level=error msg=\"runc create failed: unable to"
            + " start container process: exec: \\\"/sbin/init\\\": stat /sbin/init: no such file"
            + " or directory\""
            + " | runc create failed: unable to start container process: exec: \"/sbin/init\": stat"
            + " /sbin/init: no such file or directory",
        "level=error msg=\"first\" level=fatal msg=\"last.\" | last",
        "level=error msg=\"criu failed: type NOTIFY errno 0\\nlog file: /x/dump.log\""
            + " | criu failed: type NOTIFY errno 0 log file: /x/dump.log",
        "`  plain   text. ` | plain text",
        "`` | ``",
      })
  void givesTheLastErrorAsOneSentence(String text, String plain) {
    assertThat(RuncMessages.plain(text)).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exec failed: unable to start container process: exec: \"x\": executable file not found in"
            + " $PATH: unknown | 255 | 127",
        "exec failed: unable to start container process: exec /x: no such file or directory | 1 | 127",
        "exec failed: unable to start container process: exec: \"/etc\": is a directory | 255 | 126",
        "'' | 255 | 255",
        "level=warning msg=\"no such file or directory\" | 3 | 3",
      })
  void tellsACommandThatDidNotRunFromOneThatFailed(String log, int status, int expected) {
    assertThat(RuncMessages.notRun(log, status)).isEqualTo(expected);
  }
}
