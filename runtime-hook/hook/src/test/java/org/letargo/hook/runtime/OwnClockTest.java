package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Samples;

/** With processes that stand in for the PID 1 of a VPS; needs root. */
@Timeout(60)
class OwnClockTest {
  /** 100,000 s in clock ticks. */
  private static final long AHEAD_TICKS = 100_000 * 100;

  @TempDir Path temporary;
  private Path state;
  private OwnClock clock;

  @BeforeEach
  void make() throws IOException {
    state =
        Files.writeString(
            temporary.resolve("state.json"),
            "{\"id\":\"web1\",\"init_process_start\":7,\"large\":18446744073709551615}");
    clock = new OwnClock(temporary.resolve("clocks"));
  }

  @Test
  void leavesAVpsAloneThatHasTheHostsClock() throws IOException {
    try (var init = Programs.sleeper()) {
      assertThat(clock.runcInside(Samples.WEB1, found(init.pid()), state)).isEmpty();
    }
    assertThat(temporary.resolve("clocks")).doesNotExist();
  }

  @Test
  void leavesAVpsAloneThatHasEnded() {
    assertThat(clock.runcInside(Samples.WEB1, new InitProcess(Integer.MAX_VALUE, 1), state))
        .isEmpty();
  }

  @Test
  void startsRuncWhereTheClockIsAnotherWithTheStartTimeThatIsSeenThere() throws IOException {
    try (var init = ahead()) {
      InitProcess found = child(init);

      List<String> line = clock.runcInside(Samples.WEB1, found, state).orElseThrow();

      assertThat(line)
          .containsExactly(
              "nsenter",
              "--time=/proc/" + found.pid() + "/ns/time",
              "--",
              "runc",
              "--root",
              temporary.resolve("clocks").toString());
      JsonNode copy = Json.MAPPER.readTree(temporary.resolve("clocks/web1/state.json").toFile());
      // both are rounded down to a tick
      assertThat(copy.path("init_process_start").asLong())
          .isBetween(found.startTicks() + AHEAD_TICKS - 1, found.startTicks() + AHEAD_TICKS + 1);
      assertThat(copy.path("id").asText()).isEqualTo("web1");
      assertThat(copy.path("large").asText()).isEqualTo("18446744073709551615");
    }
  }

  @Test
  void forgetsAVps() throws IOException {
    try (var init = ahead()) {
      clock.runcInside(Samples.WEB1, child(init), state);
    }

    clock.forget(Samples.WEB1);
    clock.forget(Samples.WEB1);

    assertThat(temporary.resolve("clocks/web1")).doesNotExist();
  }

  @Test
  void saysThatItCannotReadTheState() throws IOException {
    try (var init = ahead()) {
      InitProcess found = child(init);

      assertThatThrownBy(() -> clock.runcInside(Samples.WEB1, found, temporary.resolve("none")))
          .isInstanceOf(VpsException.class)
          .hasMessageStartingWith("cannot enter VPS 'web1': ");
    }
  }

  /** A process whose child has a clock that is ahead of the host's. */
  private static Programs.Sleeper ahead() {
    return Programs.started(
        new ProcessBuilder("unshare", "--time", "--boottime", "100000", "--fork", "sleep", "600"));
  }

  private static InitProcess child(Programs.Sleeper parent) throws IOException {
    await().until(() -> parent.process().children().findAny().isPresent());
    return found(parent.process().children().findAny().orElseThrow().pid());
  }

  private static InitProcess found(long pid) throws IOException {
    return new InitProcess(
        pid,
        InitProcess.startTicks(
            Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1)));
  }
}
