package org.letargo.hook.protocol;

import java.util.Optional;

/**
 * A {@link VpsException} as it travels.
 *
 * @param explanation empty where the three sentences say all
 */
public record Failure(
    Code code, String what, String why, String remedy, Optional<Explanation> explanation) {
  public Failure(Code code, String what, String why, String remedy) {
    this(code, what, why, remedy, Optional.empty());
  }

  public static Failure of(VpsException e) {
    return new Failure(e.code(), e.what(), e.why(), e.remedy(), e.explanation());
  }

  public VpsException toException() {
    VpsException bare = new VpsException(code, what, why, remedy);
    return explanation.map(bare::explained).orElse(bare);
  }
}
