package org.letargo.hook.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutputRelayTest {
  private static final Duration SILENCE = Duration.ofMillis(20);

  private final ByteArrayOutputStream passedOn = new ByteArrayOutputStream();

  @Test
  void passesAllOn() throws Exception {
    byte[] much = new byte[1 << 20];
    much[much.length - 1] = 7;

    OutputRelay.start("test", new ByteArrayInputStream(much), passedOn::write).awaitEnd(SILENCE);

    assertThat(passedOn.toByteArray()).isEqualTo(much);
  }

  @Test
  void doesNotWaitForAChildThatKeepsTheOutputOpen() throws Exception {
    try (var child = new PipedOutputStream();
        var output = new PipedInputStream(child)) {
      child.write('x');
      child.flush();

      OutputRelay.start("test", output, passedOn::write).awaitEnd(Duration.ofSeconds(3));

      assertThat(passedOn.toString()).isEqualTo("x");
    }
  }

  @Test
  void waitsForASinkThatTakesItsTime() throws Exception {
    var free = new CountDownLatch(1);
    var relay =
        OutputRelay.start(
            "test",
            new ByteArrayInputStream(new byte[] {1, 2, 3}),
            (bytes, offset, length) -> {
              try {
                free.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              passedOn.write(bytes, offset, length);
            });
    Thread.ofPlatform()
        .start(() -> {
          try {
            relay.awaitEnd(SILENCE);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          passedOn.write('e');
        })
        .join(Duration.ofMillis(200));
    assertThat(passedOn.size()).isZero();

    free.countDown();

    relay.awaitEnd(SILENCE);
    assertThat(passedOn.toByteArray()).startsWith(1, 2, 3);
  }

  @Test
  void endsWhenTheSinkTakesNoMore() throws Exception {
    var relay =
        OutputRelay.start(
            "test",
            new ByteArrayInputStream(new byte[1 << 20]),
            (_, _, _) -> {
              throw new java.io.IOException("gone");
            });

    relay.awaitEnd(SILENCE);

    assertThat(passedOn.size()).isZero();
  }
}
