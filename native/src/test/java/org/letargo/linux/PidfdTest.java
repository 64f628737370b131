package org.letargo.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PidfdTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private Process process;

  @BeforeEach
  void startProcess() throws IOException {
    process = new ProcessBuilder("sleep", "60").start();
  }

  @AfterEach
  void endProcess() {
    process.destroyForcibly();
  }

  @Test
  void awaitsTheEndOfAProcess() {
    try (var pidfd = Pidfd.open(process.pid())) {
      assertThat(pidfd.isAlive()).isTrue();

      pidfd.signal(Signals.SIGKILL);

      assertThat(pidfd.awaitExit(LONG)).isTrue();
      assertThat(pidfd.isAlive()).isFalse();
    }
  }

  @Test
  void givesUpWhenTheTimeIsOver() {
    try (var pidfd = Pidfd.open(process.pid())) {
      long start = System.nanoTime();

      assertThat(pidfd.awaitExit(Duration.ofMillis(30))).isFalse();

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(30), Duration.ofSeconds(5));
      assertThat(pidfd.isAlive()).isTrue();
    }
  }

  @Test
  void closeWakesAThreadThatAwaitsTheEnd() throws Exception {
    var pidfd = Pidfd.open(process.pid());
    var result = new CompletableFuture<Boolean>();
    Thread waiter =
        Thread.ofPlatform().start(() -> result.complete(pidfd.awaitExit(Duration.ofDays(1))));
    await().until(() -> Threads.isInNativeCall(waiter));

    pidfd.close();

    assertThat(result.get()).isFalse();
    assertThatThrownBy(() -> pidfd.signal(Signals.SIGTERM))
        .isInstanceOf(NativeException.class)
        .hasMessageContaining("EBADF");
  }

  @Test
  void refusesAPidThatDoesNotExist() throws Exception {
    process.destroyForcibly().waitFor();

    assertThatThrownBy(() -> Pidfd.open(process.pid()))
        .isInstanceOf(NativeException.class)
        .hasMessage("pidfd_open(" + process.pid() + ") failed: ESRCH (No such process)");
  }

  @Test
  void signalsByNumber() throws Exception {
    Processes.kill(process.pid(), Signals.SIGTERM);

    assertThat(process.waitFor()).isEqualTo(128 + Signals.SIGTERM);
    assertThatThrownBy(() -> Processes.kill(process.pid(), Signals.SIGTERM))
        .isInstanceOfSatisfying(
            NativeException.class, e -> assertThat(e.errnoName()).isEqualTo("ESRCH"));
    assertThatThrownBy(() -> Processes.kill(-1, Signals.SIGTERM))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
