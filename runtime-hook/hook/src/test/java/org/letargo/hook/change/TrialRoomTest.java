package org.letargo.hook.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Samples;

class TrialRoomTest {
  private static final long PEBIBYTE = 1L << 50;

  @TempDir Path folder;
  private TrialRoom room;

  @BeforeEach
  void host() throws IOException {
    HookConfiguration configuration = Samples.configuration(folder);
    Files.createDirectories(configuration.stateDir());
    room = new TrialRoom(configuration);
  }

  @Test
  void allowsATrialThatFits() {
    assertThatCode(() -> room.requireMemory(Samples.WEB1, 4096)).doesNotThrowAnyException();
  }

  @Test
  void refusesATrialThatTakesMoreMemoryThanIsFree() {
    VpsException refused =
        catchThrowableOfType(VpsException.class, () -> room.requireMemory(Samples.WEB1, PEBIBYTE));

    assertThat(refused.code()).isEqualTo(Code.NO_SPACE);
    assertThat(refused.what()).isEqualTo("cannot make a trial restore of VPS 'web1'");
    assertThat(refused.why())
        .startsWith("it takes 1024.0 TiB of memory, and ")
        .endsWith(" are free");
    assertThat(refused.remedy()).contains("--deep=false");
  }
}
