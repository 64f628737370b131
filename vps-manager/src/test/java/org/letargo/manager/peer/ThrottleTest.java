package org.letargo.manager.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.DataSize;

/** A bucket that fills as time passes, which here is told. */
class ThrottleTest {
  private static final long MILLI = 1_000_000;
  private static final int BYTES_PER_SECOND = 1_000_000;

  private long now = 5;
  private long waited;
  private final Throttle throttle =
      new Throttle(
          BYTES_PER_SECOND,
          () -> now,
          nanos -> {
            waited += nanos;
            now += nanos;
          });

  @Test
  void letsPassWhatHasRunInAndNoMore() {
    throttle.pass(50_000); // what the bucket holds
    assertThat(waited).isZero();
    throttle.pass(1_000);
    assertThat(waited).isEqualTo(MILLI);
    now += 20 * MILLI;
    throttle.pass(20_000);
    assertThat(waited).isEqualTo(MILLI);
    throttle.pass(1_000_000);
    assertThat(waited).isEqualTo(1001 * MILLI);
  }

  @Test
  void saysNothingOfTheTimeBefore() {
    throttle.pass(50_000);
    now += 3600L * 1000 * MILLI; // nothing is saved up but what the bucket holds
    throttle.pass(50_000);
    assertThat(waited).isZero();
    throttle.pass(50_000);
    assertThat(waited).isEqualTo(50 * MILLI);
  }

  @Test
  void keepsTheRateOverManySmallPieces() {
    for (int i = 0; i < 10_000; i++) {
      throttle.pass(1_000);
    }
    assertThat(waited).isBetween(9_949 * MILLI, 9_951 * MILLI);
  }

  @Test
  void wakesBeforeTimeAndWaitsOn() {
    var early =
        new Throttle(
            BYTES_PER_SECOND,
            () -> now,
            nanos -> {
              waited += Math.ceilDiv(nanos, 2); // a spurious wake-up
              now += Math.ceilDiv(nanos, 2);
            });

    early.pass(1_050_000);

    assertThat(waited).isEqualTo(1000 * MILLI);
  }

  @Test
  void isAsFastAsItGoesWithoutALimit() {
    for (int i = 0; i < 1000; i++) {
      Throttle.NONE.pass(Integer.MAX_VALUE);
    }
    assertThat(Throttle.of(DataSize.ofBytes(0))).isNotSameAs(Throttle.NONE); // not without one
  }
}
