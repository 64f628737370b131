package org.letargo.hook.protocol;

/** A {@link VpsException} as it travels. */
public record Failure(Code code, String what, String why, String remedy) {
  public static Failure of(VpsException e) {
    return new Failure(e.code(), e.what(), e.why(), e.remedy());
  }

  public VpsException toException() {
    return new VpsException(code, what, why, remedy);
  }
}
