package org.letargo.hook.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerificationTest {
  private static final Instant BEFORE = Instant.parse("2026-01-02T03:04:05Z");
  private static final Instant NOW = Instant.parse("2026-01-02T03:05:06Z");

  @ParameterizedTest(name = "{0} at depth {1}, then {2} at depth {3}: counts {4}")
  @CsvSource({
    "verified, IMAGES, verified, IMAGES, true",
    "verified, IMAGES, verified, RUN, true",
    "verified, RESTORE, verified, IMAGES, false",
    "verified, RUN, verified, RESTORE, false",
    "verified, RUN, failed, IMAGES, true",
    "failed, RESTORE, verified, RESTORE, true",
    "failed, RESTORE, verified, RUN, true",
    "failed, RESTORE, verified, IMAGES, false",
    "failed, RUN, failed, IMAGES, true",
  })
  void countsUnlessMoreWasTriedBefore(
      String before, VerifyDepth depthBefore, String now, VerifyDepth depth, boolean counts) {
    Verification known = of(before, BEFORE, depthBefore);
    Verification found = of(now, NOW, depth);

    assertThat(found.after(Optional.of(known))).isEqualTo(counts ? found : known);
    assertThat(found.after(Optional.empty())).isEqualTo(found);
  }

  private static Verification of(String result, Instant at, VerifyDepth depth) {
    return result.equals("verified")
        ? new Verification.Verified(at, depth)
        : new Verification.Failed(at, depth, "because");
  }

  @Test
  void cutsAReasonThatIsTooLong() {
    var failed = new Verification.Failed(NOW, VerifyDepth.RUN, "x".repeat(5000));

    assertThat(failed.because()).hasSize(Verification.MAX_REASON);
  }
}
