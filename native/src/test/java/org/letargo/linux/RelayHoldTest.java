package org.letargo.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code letargo-relay hold} with programs that stand for the engine's daemon and for a VPS. */
@Timeout(60)
class RelayHoldTest {
  private static final int LONGEST_SECONDS = 20;
  private static final int KILLED = 128 + 9;

  /** Ends with the status that it reads. */
  private Process engine;

  private Process vps;
  private Process relay;

  @BeforeEach
  void start() throws IOException {
    engine = new ProcessBuilder("sh", "-c", "read status; exit $status").start();
    vps = new ProcessBuilder("sleep", "60").start();
    relay = hold(engine.pid(), vps.pid());
    assertThat(relay.inputReader().readLine()).isEqualTo("holds");
  }

  private static Process hold(long enginePid, long vpsPid) throws IOException {
    return new ProcessBuilder(
            RelayProgram.path().toString(), "hold", Long.toString(enginePid), Long.toString(vpsPid))
        .start();
  }

  @AfterEach
  void end() {
    relay.destroyForcibly();
    engine.destroyForcibly();
    vps.destroyForcibly();
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static void say(Process process, String word) throws IOException {
    process.getOutputStream().write(word.getBytes());
    process.getOutputStream().flush();
  }

  @Test
  void leavesTheVpsAloneWhenAllMemoryIsThere() throws Exception {
    say(engine, "0\n");
    assertThat(status(engine)).isZero();

    say(relay, "d");

    assertThat(status(relay)).isZero();
    assertThat(vps.isAlive()).isTrue();
  }

  @Test
  void killsTheVpsWhenTheEngineFails() throws Exception {
    say(engine, "3\n");

    assertThat(status(vps)).isEqualTo(KILLED);
    assertThat(status(relay)).isOne();
    assertThat(status(engine)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 11})
  void killsTheVpsWhenTheEngineIsKilled(int signal) throws Exception {
    Processes.kill(engine.pid(), signal);

    assertThat(status(vps)).isEqualTo(KILLED);
    assertThat(status(relay)).isOne();
    assertThat(status(engine)).isEqualTo(128 + signal);
  }

  @Test
  void killsTheVpsWhenWeAreGone() throws Exception {
    relay.getOutputStream().close();

    assertThat(status(vps)).isEqualTo(KILLED);
    assertThat(status(relay)).isOne();
    assertThat(engine.isAlive()).isTrue();
  }

  private void lend(Duration until) throws IOException {
    ByteBuffer lease = ByteBuffer.allocate(1 + Long.BYTES).order(ByteOrder.nativeOrder());
    lease.put((byte) 'l').putLong(System.nanoTime() + until.toNanos());
    relay.getOutputStream().write(lease.array());
    relay.getOutputStream().flush();
  }

  @Test
  void killsTheVpsWhenItsLeaseEnds() throws Exception {
    lend(Duration.ofMinutes(5));
    lend(Duration.ofMillis(20));

    assertThat(status(vps)).isEqualTo(KILLED);
    assertThat(status(relay)).isOne();
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  void leavesTheVpsAloneWhenItsLeaseIsRenewed() throws Exception {
    lend(Duration.ofMinutes(5));
    say(engine, "0\n");
    assertThat(status(engine)).isZero();
    lend(Duration.ofMinutes(5));
    say(relay, "d");

    assertThat(status(relay)).isZero();
    assertThat(vps.isAlive()).isTrue();
  }

  @Test
  void killsTheVpsAtALeaseThatIsNone() throws Exception {
    say(relay, "l");
    relay.getOutputStream().close();

    assertThat(status(vps)).isEqualTo(KILLED);
    assertThat(status(relay)).isOne();
  }

  @Test
  void isNotStoppedTogetherWithUs() throws Exception {
    Processes.kill(relay.pid(), Signals.SIGTERM);
    say(engine, "3\n");

    assertThat(status(vps)).isEqualTo(KILLED);
    assertThat(status(relay)).isOne();
  }

  @Test
  void endsWithTheVps() throws Exception {
    vps.destroyForcibly();

    assertThat(status(relay)).isZero();
    assertThat(engine.isAlive()).isTrue();
  }

  @Test
  void saysWhenThereIsNoSuchProcess() throws Exception {
    vps.destroyForcibly();
    status(vps);
    Process late = hold(engine.pid(), vps.pid());

    assertThat(late.errorReader().readLine())
        .isEqualTo("letargo-relay: cannot open process '" + vps.pid() + "': No such process.");
    assertThat(status(late)).isOne();
  }
}
