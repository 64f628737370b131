package org.letargo.hook.ahead;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When there have been enough rounds. */
class RoundsTest {
  private static final long MEBIBYTE = 1 << 20;

  private final Rounds rounds = new Rounds(Duration.ofMillis(300));

  private boolean isEnough(long mebibytes, long millis) {
    return rounds.add(mebibytes * MEBIBYTE, Duration.ofMillis(millis)).isPresent();
  }

  @Test
  void endWhenWhatIsLeftFitsTheDowntime() {
    assertThat(isEnough(1000, 10_000)).isFalse(); // 100 MiB/s
    assertThat(isEnough(200, 2_500)).isFalse();
    assertThat(rounds.add(29 * MEBIBYTE, Duration.ofMillis(900)))
        .contains("what is left fits the downtime of 300 ms");

    assertThat(rounds.count()).isEqualTo(3);
    assertThat(rounds.leftBytes()).isEqualTo(29 * MEBIBYTE);
    assertThat(rounds.perSecond()).isEqualTo(100 * MEBIBYTE);
    assertThat(rounds.changedPerSecond()).isEqualTo((long) (29 * MEBIBYTE / 2.5));
  }

  @Test
  void endWhenNothingHasChanged() {
    assertThat(isEnough(1000, 10_000)).isFalse();
    assertThat(isEnough(0, 700)).isTrue();
    assertThat(rounds.changedPerSecond()).isZero();
  }

  @Test
  void endAtOnceWhereAllFits() {
    assertThat(isEnough(1, 100)).isTrue();
  }

  @Test
  void goOnWhereLittleTakesLong() {
    assertThat(isEnough(1, 400)).isFalse(); // nobody knows how fast the link is
  }

  @Test
  void endWhenItDoesNotBecomeLess() {
    assertThat(isEnough(1000, 10_000)).isFalse();
    assertThat(isEnough(700, 7_000)).isFalse();
    assertThat(rounds.add(600 * MEBIBYTE, Duration.ofSeconds(6)))
        .contains("it changes as fast as it is sent");
  }

  @Test
  void endSomeTime() {
    long mebibytes = 1L << 40;
    int count = 0;
    do {
      count++;
      mebibytes = mebibytes * 7 / 10;
    } while (!isEnough(mebibytes, mebibytes));
    assertThat(count).isEqualTo(16);
  }

  @Test
  void areMeasuredByTheFastest() {
    assertThat(isEnough(1000, 20_000)).isFalse();
    assertThat(isEnough(500, 2_000)).isFalse();

    assertThat(rounds.perSecond()).isEqualTo(250 * MEBIBYTE);
  }
}
