package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
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
    setting = new UserfaultfdSetting(file, note, turn());
  }

  private Path turn() {
    return folder.resolve("turn.lock");
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
    Files.writeString(file, "1");
    Files.writeString(note, "{\"value\":\"0\"}");

    setting.recover();

    assertThat(Files.readString(file)).isEqualTo("0");
    assertThat(note).doesNotExist();
  }

  @Test
  void waitsForTheTurnOfAnotherHook() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherHook.class.getName(),
                turn().toString())
            .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo(OtherHook.HAS_IT);
      Thread hold = Thread.ofVirtual().start(() -> setting.hold().close());
      assertThat(hold.join(Duration.ofMillis(300))).isFalse();

      other.getOutputStream().close();

      assertThat(hold.join(Duration.ofSeconds(20))).isTrue();
    } finally {
      other.destroyForcibly().waitFor();
    }
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

  /** Has the turn until its input ends. */
  static final class OtherHook {
    static final int HAS_IT = 'h';

    public static void main(String[] arguments) throws IOException {
      try (FileChannel turn =
              FileChannel.open(
                  Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = turn.lock()) {
        System.out.write(HAS_IT);
        System.out.flush();
        System.in.read();
      }
    }
  }
}
