package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnameTest {
  @Test
  void saysWhatTheCommandSays() throws Exception {
    assertThat(Uname.hostName()).isEqualTo(said("-n"));
    assertThat(Uname.release()).isEqualTo(said("-r"));
  }

  private static String said(String option) throws IOException {
    Process uname = new ProcessBuilder("uname", option).start();
    return new String(uname.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
