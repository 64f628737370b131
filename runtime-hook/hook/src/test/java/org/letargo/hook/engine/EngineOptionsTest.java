package org.letargo.hook.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.VpsException;

class EngineOptionsTest {
  private static final Path RELAY = Path.of("/run/letargo/relay.d/web1");

  @TempDir Path folder;

  @Test
  void tellsADumpWhereToLookAndHowMuchToTake() throws IOException {
    EngineOptions options =
        EngineOptions.dump(
            RELAY, Set.of("/run/b", "/etc", "/run/a"), 100L << 20, Optional.of("/letargo/web1"));

    assertThat(written(options))
        .containsExactly(
            "network-lock nftables",
            "tcp-established",
            "file-locks",
            "link-remap",
            "action-script /run/letargo/relay.d/web1",
            "force-irmap",
            "irmap-scan-path /etc",
            "irmap-scan-path /run/a",
            "irmap-scan-path /run/b",
            "ghost-limit 105906176",
            "cgroup-root /letargo/web1");
  }

  @Test
  void takesDeletedFilesOf64MebibytesInAnyCase() throws IOException {
    EngineOptions options = EngineOptions.dump(RELAY, Set.of(), 5, Optional.empty());

    assertThat(written(options)).endsWith("force-irmap", "ghost-limit 67108864");
  }

  @Test
  void tellsARestoreNothingOfTheDisk() throws IOException {
    assertThat(written(EngineOptions.restore(RELAY, Optional.of("/letargo/web1"))))
        .containsExactly(
            "network-lock nftables",
            "tcp-established",
            "file-locks",
            "link-remap",
            "action-script /run/letargo/relay.d/web1",
            "force-irmap",
            "skip-file-rwx-check",
            "cgroup-root /letargo/web1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/srv/data/x\naction-script /tmp/evil",
        "/srv/data/two words/deep/file",
        "/srv/data/tab\there",
        "/srv/data/return\rhere",
        "/srv/data/not\ufffdtext",
        "/srv/data/delete\u007f",
      })
  void endsAPathBeforeANameThatTheEngineWouldMisread(String path) throws IOException {
    EngineOptions options = EngineOptions.dump(RELAY, Set.of(path), 0, Optional.empty());

    assertThat(written(options))
        .filteredOn(line -> !line.startsWith("action-script /run/letargo/relay.d/"))
        .containsExactly(
            "network-lock nftables",
            "tcp-established",
            "file-locks",
            "link-remap",
            "force-irmap",
            "irmap-scan-path /srv/data",
            "ghost-limit 67108864");
  }

  @Test
  void searchesTheWholeDiskForANameAtTheTopThatIsNotPlain() throws IOException {
    EngineOptions options = EngineOptions.dump(RELAY, Set.of("/my files/a"), 0, Optional.empty());

    assertThat(written(options)).contains("irmap-scan-path /.");
  }

  @Test
  void leavesTheRootFolderToTheEngineWhichLooksThereByItself() throws IOException {
    EngineOptions options = EngineOptions.dump(RELAY, Set.of("/"), 0, Optional.empty());

    assertThat(written(options)).noneMatch(line -> line.startsWith("irmap-scan-path"));
  }

  @Test
  void keepsNamesOfEveryLanguage() throws IOException {
    EngineOptions options = EngineOptions.dump(RELAY, Set.of("/srv/è#\"'$"), 0, Optional.empty());

    assertThat(written(options)).contains("irmap-scan-path /srv/è#\"'$");
  }

  @Test
  void saysWhichFileCannotBeWritten() {
    Path file = folder.resolve("none/engine.conf");

    assertThatThrownBy(() -> EngineOptions.restore(RELAY, Optional.empty()).write(file))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("cannot write " + file + ": ");
  }

  private List<String> written(EngineOptions options) throws IOException {
    Path file = folder.resolve("engine.conf");
    options.write(file);
    String text = Files.readString(file);
    assertThat(text).endsWith("\n");
    return Arrays.asList(text.split("\n"));
  }
}
