package org.letargo.manager.json;

import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;

/** The body of every answer that is an error. */
public record ErrorBody(FailureView error) {
  public static ErrorBody of(VpsException e) {
    return of(Failure.of(e));
  }

  public static ErrorBody of(Failure failure) {
    return new ErrorBody(FailureView.of(failure));
  }
}
