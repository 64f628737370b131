package org.letargo.manager.timeline;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VerifyDepth;

/** What was last found out about a checkpoint, as the API shows it; schema Verification. */
record VerificationView(String result, Instant at, VerifyDepth depth, Optional<String> because) {

  static VerificationView of(Verification found) {
    return switch (found) {
      case Verification.Verified(Instant at, VerifyDepth depth) ->
          new VerificationView("verified", at, depth, Optional.empty());
      case Verification.Failed(Instant at, VerifyDepth depth, String because) ->
          new VerificationView("failed", at, depth, Optional.of(because));
    };
  }
}
