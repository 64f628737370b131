package org.letargo.hook.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.DataSize;

class HookConfigurationTest {
  /** The file that make run installs, as seen from this module's folder. */
  private static final Path SHIPPED = Path.of("../../scripts/letargo.yaml");

  private static final HookConfiguration DEFAULTS =
      new HookConfiguration(
          "letargo",
          Path.of("/var/lib/letargo"),
          Path.of("/run/letargo"),
          Path.of("/var/lib/letargo/templates"),
          Path.of("/opt/letargo"),
          "letargo0",
          Subnet.parse("10.77.0.0/16"),
          1_879_048_192,
          List.of("root", "letargo"),
          WhenHostStops.SUSPEND,
          Path.of("/etc/letargo/on-arrival"),
          StoreSettings.DEFAULTS);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "hook:\n", "manager:\n  anything: 1\n", "instance:\n"})
  void hasADefaultForEveryKey(String yaml) {
    assertThat(HookConfiguration.parse(yaml)).isEqualTo(DEFAULTS);
  }

  @Test
  void takesAFileThatIsNotThereForDefaults() {
    assertThat(HookConfiguration.read(folder.resolve("none.yaml"))).isEqualTo(DEFAULTS);
  }

  @Test
  void readsEveryKey() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("letargo.yaml"),
            """
            instance: second-1
            state-dir: /srv/second
            run-dir: /run/second
            hook:
              template-dir: /srv/templates
              program-dir: /usr/local/letargo
              bridge: second0
              subnet: 192.168.7.0/29
              first-host-id: 1000013824
              allowed-users: [root, alice]
              when-host-stops: stop
              on-arrival: /srv/route-here
              store:
                key-file: /etc/letargo/store.key
                zstd-level: -3
                budget: 200G
                frozen-buffer: 1G
            """);

    assertThat(HookConfiguration.read(file))
        .isEqualTo(
            new HookConfiguration(
                "second-1",
                Path.of("/srv/second"),
                Path.of("/run/second"),
                Path.of("/srv/templates"),
                Path.of("/usr/local/letargo"),
                "second0",
                Subnet.parse("192.168.7.0/29"),
                1_000_013_824,
                List.of("root", "alice"),
                WhenHostStops.STOP,
                Path.of("/srv/route-here"),
                new StoreSettings(
                    Optional.of(Path.of("/etc/letargo/store.key")),
                    -3,
                    Optional.of(DataSize.parse("200G")),
                    Optional.of(DataSize.parse("1G")))));
  }

  @Test
  void keepsTemplatesInTheStateFolderUnlessTold() {
    assertThat(HookConfiguration.parse("state-dir: /srv/x\n").templateDir())
        .isEqualTo(Path.of("/srv/x/templates"));
  }

  @Test
  void namesItsSocketsAndItsRelay() {
    assertThat(DEFAULTS.hookSocket()).isEqualTo(Path.of("/run/letargo/hook.sock"));
    assertThat(DEFAULTS.relaySocket()).isEqualTo(Path.of("/run/letargo/relay.sock"));
    assertThat(DEFAULTS.relayProgram()).isEqualTo(Path.of("/opt/letargo/bin/letargo-relay"));
  }

  @Test
  void reportsAllErrorsAtOnce() {
    assertRefused(
        """
        instanze: x
        instance: Big
        state-dir: relative
        run-dir: /run/a b
        hook:
          brigde: x
          bridge: 0bridge
          subnet: 10.0.0.1/24
          first-host-id: 1000000000
          allowed-users: root
        """,
        "unknown key 'instanze'; "
            + "unknown key 'hook.brigde'; "
            + "hook.subnet '10.0.0.1/24' is not a network of 8 to 29 bits with zeros behind them; "
            + "'hook.allowed-users' is not a list of texts like [a, b]; "
            + "instance 'Big' is not 1 to 16 lower-case letters, digits and hyphens, a letter first; "
            + "hook.bridge '0bridge' is not a name of 1 to 15 letters and digits; "
            + "hook.first-host-id 1000000000 is not a multiple of 65536 up to 2000000000; "
            + "folder 'relative' is not an absolute path of letters, digits and . _ - + = @ ~"
            + " alone; "
            + "folder '/run/a b' is not an absolute path of letters, digits and . _ - + = @ ~"
            + " alone; "
            + "folder 'relative/templates' is not an absolute path of letters, digits and"
            + " . _ - + = @ ~ alone");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "instance: 5                    | 'instance' is not a text",
        "instance: [a]                  | 'instance' is not a text",
        "hook: 5                        | 'hook' has no keys below it",
        "hook: {bridge: {a: 1}}         | 'hook.bridge' is not a text",
        "hook: {first-host-id: abc}     | 'hook.first-host-id' is not a whole number",
        "hook: {first-host-id: 1.5}     | 'hook.first-host-id' is not a whole number",
        "hook: {first-host-id: 99999999999} | 'hook.first-host-id' is not a whole number",
        "hook: {first-host-id: 0} | hook.first-host-id 0 is not a multiple of 65536 up to 2000000000",
        "hook: {allowed-users: [root, ]}  | ",
        "hook: {allowed-users: [~]}     | 'hook.allowed-users' is not a list of texts like [a, b]",
        "hook: {bridge: bridge-of-16-cha} | hook.bridge 'bridge-of-16-cha' is not a name of 1 to 15"
            + " letters and digits",
        "hook: {subnet: 10.0.0.0}       | hook.subnet '10.0.0.0' is not written like 10.77.0.0/16",
        "hook: {store: {zstd-level: 20}} | hook.store.zstd-level 20 is not from -7 to 19",
        "hook: {store: {budget: 12}}    | hook.store.budget is less than 64.0 MiB",
        "hook: {store: {budget: much}}  | 'hook.store.budget' is not a size like '512M' or '200G'",
        "hook: {store: {key-file: a/b}} | hook.store.key-file 'a/b' is not an absolute path",
        "hook: {store: {frozen-buffer: 5G}} | hook.store.frozen-buffer is not from 64.0 MiB to 4.0 GiB",
        "hook: {store: {bugdet: 1G}}    | unknown key 'hook.store.bugdet'",
        "hook: {when-host-stops: sleep} | hook.when-host-stops 'sleep' is none of suspend, stop",
        "just text                      | it is not a list of lines 'key: value'",
      })
  void refusesAValueOfAnotherKind(String yaml, String error) {
    if (error == null) {
      assertThat(HookConfiguration.parse(yaml).allowedUsers()).containsExactly("root");
    } else {
      assertRefused(yaml, error);
    }
  }

  @Test
  void refusesAKeyGivenTwice() {
    assertRefused(
        "instance: a\ninstance: b\n", "it is not valid YAML at line 2: Duplicate field 'instance'");
  }

  @Test
  void saysInWhichLineItIsNoYaml() {
    assertThatThrownBy(() -> HookConfiguration.parse("instance: a\nstate-dir: [x\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("the configuration is refused: it is not valid YAML at line ")
        .hasMessageEndingWith(". Mend the file and start again.")
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesARunFolderThatLeavesSocketNamesNoRoom() {
    String runDir = "/run/" + "x".repeat(56);

    assertRefused(
        "run-dir: " + runDir + "\n",
        "run-dir '" + runDir + "' is longer than 60 characters: socket names need room");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/srv/a,b", "/srv/a:b", "/srv/a\\\\b", "/srv/a b", "/srv/a\\nb", "srv"})
  void refusesAFolderThatWouldBreakAMountOption(String name) {
    assertThatThrownBy(() -> HookConfiguration.parse("state-dir: \"" + name + "\"\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not an absolute path of letters, digits");
  }

  @Test
  void isWhatTheShippedFileSaysWhereItsCommentsStandForDefaults() throws IOException {
    String everyKeySet =
        Files.readAllLines(SHIPPED).stream()
            .map(line -> line.replaceFirst("^( *)#([a-z-]+:)", "$1$2"))
            .collect(Collectors.joining("\n"));

    assertThat(HookConfiguration.parse(everyKeySet)).isEqualTo(DEFAULTS);
    assertThat(HookConfiguration.read(SHIPPED)).isEqualTo(DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#instance: ",
        "#state-dir: ",
        "#run-dir: ",
        "  #template-dir: ",
        "  #program-dir: ",
        "  #bridge: ",
        "  #subnet: ",
        "    #zstd-level: ",
        "  #first-host-id: ",
        "  #allowed-users: "
      })
  void isDocumentedKeyByKeyInTheShippedFile(String line) throws IOException {
    assertThat(Files.readString(SHIPPED)).containsOnlyOnce("\n" + line);
  }

  private static void assertRefused(String yaml, String errors) {
    assertThatThrownBy(() -> HookConfiguration.parse(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("the configuration is refused: " + errors + ". Mend the file and start again.");
  }
}
