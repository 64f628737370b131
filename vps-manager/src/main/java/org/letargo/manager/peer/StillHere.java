package org.letargo.manager.peer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.json.ErrorBody;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationState;

/** Answers a peer with how an operation ends, and says now and then that it is still at work. */
final class StillHere {
  /** How often a peer hears something: it counts on that. */
  private static final Duration OFTEN = Duration.ofSeconds(15);

  private final PeerStream answer;
  private final BlockingQueue<Operation> end = new ArrayBlockingQueue<>(1);

  StillHere(PeerStream answer) {
    this.answer = answer;
  }

  /** The operation has ended. */
  void ended(Operation operation) {
    end.add(operation);
  }

  /** Waits for that and ends the answer. */
  PeerStream await() {
    Operation ended = awaitEnd();
    switch (ended.state()) {
      case OperationState.Succeeded _ -> answer.end(PeerFrames.done());
      case OperationState.Failed(Instant _, Failure why) -> fail(why);
      case OperationState.Cancelled(Instant _, Failure why) -> fail(why);
      case OperationState.Running _ -> answer.reset(); // the manager ends
    }
    return answer;
  }

  private void fail(Failure why) {
    answer.end(PeerFrames.failed(ErrorBody.of(why)));
  }

  private Operation awaitEnd() {
    boolean listening = true;
    try {
      while (true) {
        if (listening) {
          listening = say();
        }
        Operation ended = end.poll(OFTEN.toSeconds(), TimeUnit.SECONDS);
        if (ended != null) { // an operation has its own patience
          return ended;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(Code.INTERRUPTED, "the VPS was not received", "the manager ends", "");
    }
  }

  private boolean say() {
    try {
      answer.write(PeerFrames.bytes(new byte[0]));
      return true;
    } catch (IOException e) {
      return false; // it is gone, and the operation notices
    }
  }
}
