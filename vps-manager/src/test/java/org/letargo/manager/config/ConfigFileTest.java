package org.letargo.manager.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  @TempDir Path dir;

  @Test
  void hasDefaults() {
    assertThat(ConfigFile.defaults())
        .isEqualTo(
            new ManagerConfig(
                "letargo",
                Path.of("/var/lib/letargo"),
                Path.of("/run/letargo"),
                "127.0.0.1",
                7070,
                new Tls.Off(),
                Path.of("/var/lib/letargo/manager/manager.db"),
                LogFormat.TEXT,
                1000,
                10_000,
                new Peering.Off()));
  }

  @Test
  void readsEveryKeyAndLeavesTheHooksSectionAlone() throws IOException {
    Path certificate = Files.createFile(dir.resolve("cert.pem"));
    Path key = Files.createFile(dir.resolve("key.pem"));
    Path file =
        Files.writeString(
            dir.resolve("letargo.yaml"),
            """
            instance: a-name-of-sixte
            state-dir: /srv/letargo
            run-dir: /run/lab2
            hook:
              whatever: [it, wants]
            manager:
              listen: "0.0.0.0:443"
              tls-certificate: %s
              tls-key: %s
              database: /srv/manager.db
              log-format: json
              operations-kept: 5
              audit-kept: 6
            peers:
              listen: 0.0.0.0:7071
              url: https://[fd00::1]:7071
            """
                .formatted(certificate, key));

    assertThat(ConfigFile.read(file))
        .isEqualTo(
            new ManagerConfig(
                "a-name-of-sixte",
                Path.of("/srv/letargo"),
                Path.of("/run/lab2"),
                "0.0.0.0",
                443,
                new Tls.Files(certificate, key),
                Path.of("/srv/manager.db"),
                LogFormat.JSON,
                5,
                6,
                new Peering.On(
                    "0.0.0.0", 7071, Optional.of(new PeerUrl("https://[fd00::1]:7071")))));
  }

  @Test
  void tellsAllErrorsAtOnce() {
    assertThatThrownBy(() ->
            ConfigFile.parse(
                "f",
                """
                instance: Lab_2
                state-dir: relative
                colour: blue
                manager:
                  listen: "[::]:99999"
                  tls-key: /no/key
                  log-format: xml
                  operations-kept: none
                  port: 80
                """))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("the configuration f is refused: ")
        .hasMessageContainingAll(
            "the file has the key 'colour'",
            "section 'manager' has the key 'port'",
            "'instance' is 'Lab_2'",
            "'state-dir' is 'relative', which is not an absolute path",
            "only set together",
            "has port 99999",
            "others can reach, and there is no TLS",
            "'manager.log-format' is 'xml'",
            "'manager.operations-kept' is not a number from 1 to 10000000");
  }

  @ParameterizedTest
  @CsvSource({
    "'manager: [1]', section 'manager' is not a list of keys with values",
    "'a: [', it is not YAML",
    "'instance: 5', 'instance' is not a text",
    "'manager: {listen: 7070}', 'listen' is not a text",
    "'manager: {listen: nowhere}', 'manager.listen' is not ADDRESS:PORT",
    "'peers: {listen: 7071}', 'listen' is not a text",
    "'peers: {listen: host1}', 'peers.listen' is not ADDRESS:PORT",
    "'peers: {url: \"https://a:1\"}', only set together with 'peers.listen'",
    "'peers: {listen: \"127.0.0.1:0\", url: \"http://a:1\"}', 'peers.url' is not https://HOST:PORT",
    "'peers: {port: 7071}', section 'peers' has the key 'port'",
    "'manager: {tls-certificate: /no/a, tls-key: /no/b}', '/no/a', which cannot be read"
  })
  void refusesOtherForms(String yaml, String message) {
    assertThatThrownBy(() -> ConfigFile.parse("f", yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void listensOnAnyLoopbackAddressWithoutTls() {
    assertThat(ConfigFile.parse("f", "manager: {listen: '[::1]:0'}").listenHost()).isEqualTo("::1");
    assertThat(ConfigFile.parse("f", "manager: {listen: 'localhost:0'}").listenHost())
        .isEqualTo("localhost");
  }

  @Test
  void saysThatTheFileIsNotThere() {
    assertThatThrownBy(() -> ConfigFile.read(dir.resolve("none.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("name another with --config");
  }
}
