package org.letargo.hook.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;

class OperationTest {
  private static final OperationId ID = new OperationId("op-0123456789ab");

  private final List<Progress> heard = new ArrayList<>();
  private final List<String> actions = new ArrayList<>();
  private final Operation operation = new Operation(ID, heard::add, () -> this.actions.add("kept"));

  @Test
  void tellsItsListenerHowFarItIs() {
    assertThat(operation.progress()).isEqualTo(new Progress("queued", 0, 0, 0));

    operation.phase("dump", 20);
    operation.report(new Progress("write", 5, 10, 60));

    assertThat(heard)
        .containsExactly(new Progress("dump", 0, 0, 20), new Progress("write", 5, 10, 60));
    assertThat(operation.progress()).isEqualTo(new Progress("write", 5, 10, 60));
  }

  @Test
  void keepsItsSuccessOnce() {
    assertThat(operation.hasSucceeded()).isFalse();

    operation.succeeded();
    operation.succeeded();

    assertThat(operation.hasSucceeded()).isTrue();
    assertThat(actions).containsExactly("kept");
  }

  @Test
  void endsWhereItLooksWhenItWasCancelled() {
    assertThatCode(operation::checkCancelled).doesNotThrowAnyException();

    operation.cancel();

    assertThat(operation.isCancelled()).isTrue();
    assertThatThrownBy(operation::checkCancelled)
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED))
        .hasMessage(
            "operation op-0123456789ab was cancelled: somebody asked for it."
                + " Nothing has changed; start it again if you want it.");
  }

  @Test
  void doesNotPassThePointOfNoReturnWhenItWasCancelled() {
    operation.cancel();

    assertThatThrownBy(operation::commit)
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
  }

  @Test
  void ignoresACancellationAfterThePointOfNoReturn() {
    operation.onCancel(() -> actions.add("before"));
    operation.commit();
    operation.onCancel(() -> actions.add("after"));

    operation.cancel();

    assertThat(operation.isCancelled()).isFalse();
    assertThat(actions).isEmpty();
    assertThatCode(operation::checkCancelled).doesNotThrowAnyException();
  }

  @Test
  void doesTheLastActionOnceWhenItIsCancelled() {
    operation.onCancel(() -> actions.add("first"));
    operation.onCancel(() -> actions.add("last"));

    operation.cancel();
    operation.cancel();

    assertThat(actions).containsExactly("last");
  }

  @Test
  void doesAnActionAtOnceThatComesAfterTheCancellation() {
    operation.cancel();

    operation.onCancel(() -> actions.add("late"));

    assertThat(actions).containsExactly("late");
  }
}
