package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Programs;

class EngineTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"4.2, 4.2", "4.2.1, 4.2.1", "4.10, 4.10", "5.0-rc1, 5.0-rc1"})
  void takesWhatIsNewEnough(String printed, String version) {
    Path program = criu("new", printed);

    assertThat(Engine.find(List.of(folder.resolve("none"), program)))
        .isEqualTo(new Engine(program, version));
  }

  @Test
  void takesTheFirstOneThatIsNewEnough() {
    Path old = criu("old", "3.17.1");
    Path first = criu("first", "4.2.1");
    Path second = criu("second", "4.3");

    assertThat(Engine.find(List.of(old, first, second)).program()).isEqualTo(first);
  }

  @Test
  void looksFirstWhereItsOwnCopyIsInstalled() {
    criu("criu/bin", "9.9");

    Engine engine = Engine.find(HookConfiguration.parse("hook: {program-dir: " + folder + "}\n"));

    assertThat(engine).isEqualTo(new Engine(folder.resolve("criu/bin/criu"), "9.9"));
    assertThat(engine.folder()).isEqualTo(folder.resolve("criu/bin"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.17.1", "4.1.1", "4.0"})
  void refusesWhatIsTooOld(String version) {
    Path program = criu("old", version);

    assertThatThrownBy(() -> Engine.find(List.of(program)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessage(
            "cannot suspend or resume on this host: there is no CRIU of version 4.2 or newer ("
                + program
                + " is "
                + version
                + "). Run scripts/install-criu, or install the package letargo-criu.");
  }

  @Test
  void saysThatThereIsNone() {
    assertThatThrownBy(() -> Engine.find(List.of(folder.resolve("none"))))
        .isInstanceOf(VpsException.class)
        .hasMessage(
            "cannot suspend or resume on this host: there is no CRIU of version 4.2 or newer."
                + " Run scripts/install-criu, or install the package letargo-criu.");
  }

  @Test
  void saysWhatTheKernelLacks() {
    Path program =
        Programs.script(
            folder,
            "criu",
            """
            echo "Warn  (criu/kerndat.c:1): not so bad" >&2
            echo "Error (criu/cr-check.c:1): no uffd" >&2
            exit 1
            """);

    assertThat(new Engine(program, "4.2").missing())
        .containsExactly("Error (criu/cr-check.c:1): no uffd");
    assertThat(new Engine(Path.of("/bin/true"), "4.2").missing()).isEmpty();
  }

  @Test
  void asksForOneFeature() {
    Path program = Programs.script(folder, "criu", "test \"$*\" = 'check --feature timens'\n");
    Engine engine = new Engine(program, "4.2");

    assertThat(engine.has("timens")).isTrue();
    assertThat(engine.has("pidfd_store")).isFalse();
  }

  private Path criu(String name, String version) {
    return Programs.script(
        folder.resolve(name),
        "criu",
        "test \"$1\" = --version && printf 'Version: %s\\nGitID: 0\\n' '" + version + "'\n");
  }
}
