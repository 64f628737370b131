package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

class UserfaultfdSettingTest {
  @TempDir Path folder;
  private Path file;
  private Path note;
  private UserfaultfdSetting setting;

  @BeforeEach
  void make() throws IOException {
    file = Files.writeString(folder.resolve("unprivileged_userfaultfd"), "0\n");
    note = folder.resolve("note.json");
    setting = new UserfaultfdSetting(file, note);
  }

  @Test
  void isOnUntilTheLastHasLetGo() throws IOException {
    UserfaultfdSetting.Hold one = setting.hold();
    UserfaultfdSetting.Hold two = setting.hold();
    assertThat(Files.readString(file)).isEqualTo("1");
    one.close();
    one.close();
    assertThat(Files.readString(file)).isEqualTo("1");

    two.close();

    assertThat(Files.readString(file)).isEqualTo("0");
    assertThat(note).doesNotExist();
  }

  @Test
  void staysOnWhereItWas() throws IOException {
    Files.writeString(file, "1\n");

    setting.hold().close();

    assertThat(Files.readString(file)).isEqualTo("1\n");
    assertThat(note).doesNotExist();
  }

  @Test
  void isPutBackAfterAHookThatDied() throws IOException {
    setting.hold();

    new UserfaultfdSetting(file, note).recover();

    assertThat(Files.readString(file)).isEqualTo("0");
    assertThat(note).doesNotExist();
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Files.delete(file);

    assertThatThrownBy(setting::hold)
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessageContaining("cannot resume lazily: the kernel's " + file);
    assertThat(note).doesNotExist();
  }
}
