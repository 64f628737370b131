package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Optional;

/** What was last found out about whether a checkpoint can be restored. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Verification.Verified.class, name = "verified"),
  @JsonSubTypes.Type(value = Verification.Failed.class, name = "failed"),
})
public sealed interface Verification {
  /** A reason is never longer, in characters. */
  int MAX_REASON = 1000;

  /** When it was found out. */
  Instant at();

  /** What was done. */
  VerifyDepth depth();

  /** It could be restored. */
  record Verified(Instant at, VerifyDepth depth) implements Verification {}

  /**
   * It could not.
   *
   * @param because why, for people; longer ones are cut
   */
  record Failed(Instant at, VerifyDepth depth, String because) implements Verification {
    public Failed {
      if (because.length() > MAX_REASON) {
        because = because.substring(0, MAX_REASON);
      }
    }
  }

  /**
   * What is known once this is found out too: that it failed counts in any case; that it did not
   * counts unless more was tried before.
   *
   * @param before what was known
   */
  default Verification after(Optional<Verification> before) {
    return switch (this) {
      case Failed _ -> this;
      case Verified _ -> before.filter(known -> known.depth().compareTo(depth()) > 0).orElse(this);
    };
  }
}
