package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.command.Command;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.testing.Samples;

/** With the runc that is installed, and containers that it does not know. */
class RuncTest {
  @TempDir Path temporary;
  private Runc runc;

  @BeforeEach
  void open() {
    runc = new Runc(Samples.configuration(temporary), Path.of("/opt/engine/bin"));
  }

  @Test
  void keepsItsContainersInTheRunFolder() throws IOException {
    assertThat(runc.root()).isEqualTo(temporary.resolve("run/runc"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(runc.root())))
        .isEqualTo("rwx--x--x");
  }

  @Test
  void knowsThePidOneThatRuncWroteDown() throws IOException {
    Path state = Files.createDirectory(runc.root().resolve("web1")).resolve("state.json");
    Files.writeString(
        state,
        "{\"id\": \"web1\", \"init_process_pid\": 4711, \"init_process_start\": 123, \"x\": {}}");

    assertThat(runc.initProcess(Samples.WEB1)).contains(new InitProcess(4711, 123));
    assertThat(runc.initProcess(new VpsName("web2"))).isEmpty();
  }

  @Test
  void knowsNoPidOneOfAStateThatIsHalfWritten() throws IOException {
    Path state = Files.createDirectory(runc.root().resolve("web1")).resolve("state.json");
    Files.writeString(state, "{\"id\": \"web1\", \"init_pro");

    assertThat(runc.initProcess(Samples.WEB1)).isEmpty();
  }

  @Test
  void isNeitherStartedNorPausedWhereThereIsNoContainer() {
    assertThat(runc.isStarted(Samples.WEB1)).isFalse();
    assertThat(runc.isPaused(Samples.WEB1)).isFalse();
    runc.signal(Samples.WEB1, "SIGRTMIN+3");
  }

  @Test
  void removesAContainerThatRuncItselfCannotRead() throws IOException {
    Path container = Files.createDirectory(runc.root().resolve("web1"));
    Files.writeString(container.resolve("state.json"), "half");

    runc.delete(Samples.WEB1);
    runc.delete(Samples.WEB1);

    assertThat(container).doesNotExist();
  }

  @Test
  void findsOurEngineFirst() {
    assertThat(runc.prepared(Command.of("env")).run().output())
        .contains("PATH=/opt/engine/bin:/usr/local/sbin:");
  }

  @Test
  void tellsItsVersion() {
    assertThat(Runc.version()).get().asString().matches("[0-9]+\\.[0-9]+\\..*");
  }
}
