package org.letargo.manager.json;

import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;

/** A failure as the API shows it; schema Failure. */
public record FailureView(Code code, String what, String why, String remedy, String message) {
  public static FailureView of(Failure failure) {
    return new FailureView(
        failure.code(),
        failure.what(),
        failure.why(),
        failure.remedy(),
        failure.toException().getMessage());
  }
}
