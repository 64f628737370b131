package org.letargo.manager.web;

import java.time.Instant;
import java.util.function.Function;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationState;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Upload;

/** Requests whose body is a stream for the hook. */
public final class Uploads {
  private Uploads() {}

  /**
   * Begins the operation with the body of the request and answers: 202 when all has arrived, or the
   * error at once when the operation failed before. On the event loop of the request.
   *
   * @param start begins the operation; what it throws is the answer
   */
  public static void receive(Call call, Operations operations, Function<Upload, Operation> start) {
    Inbound body = new Inbound(call.context(), call.routing().request());
    Upload upload = new Upload(body);
    call.blocking(() -> {
      try {
        Operation begun = start.apply(upload);
        boolean taken = upload.awaitTaken();
        Operation now = operations.find(begun.id());
        if (taken) {
          call.accepted(now);
        } else {
          refuse(call, now);
        }
      } finally {
        body.discardRest();
      }
    });
  }

  private static void refuse(Call call, Operation ended) {
    switch (ended.state()) {
      case OperationState.Failed(Instant _, Failure why) -> call.fail(why.toException());
      case OperationState.Cancelled(Instant _, Failure why) -> call.fail(why.toException());
      case OperationState.Succeeded _ -> call.accepted(ended);
      case OperationState.Running _ ->
          call.fail(
              new VpsException(
                  Code.INTERRUPTED,
                  "the upload broke off",
                  "the manager ends",
                  "Nothing of it is kept; send it again when the manager is there."));
    }
  }
}
