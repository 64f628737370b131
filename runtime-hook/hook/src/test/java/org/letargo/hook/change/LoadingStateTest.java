package org.letargo.hook.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.letargo.hook.change.LoadingState.Restore;
import org.letargo.hook.pages.HotPages;
import org.letargo.hook.pages.LazyRestore.Outcome;

@Timeout(60)
class LoadingStateTest {
  private static final Outcome FAILED = new Outcome.Failed("a chunk is damaged");
  private static final Outcome COMPLETE = new Outcome.Complete(7, HotPages.NONE);

  private final LoadingState state = new LoadingState();

  /** Begins it and returns when it waits. */
  private static <T> FutureTask<T> waiting(Callable<T> wait) {
    FutureTask<T> task = new FutureTask<>(wait);
    Thread thread = Thread.ofPlatform().daemon(true).start(task);
    await()
        .until(() ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING);
    return task;
  }

  private static <T> T end(FutureTask<T> task) throws Exception {
    return task.get(30, TimeUnit.SECONDS);
  }

  @Test
  void memoryComesFromTheEndOfTheRestoreToItsOwn() {
    assertThat(state.isComing()).isFalse();

    assertThat(state.restored()).isTrue();
    assertThat(state.isComing()).isTrue();

    state.ended(COMPLETE);
    assertThat(state.isComing()).isFalse();
    assertThat(state.outcome()).contains(COMPLETE);
  }

  @Test
  void aRestoreHasNotSucceededIfMemoryCouldNotBeHad() throws Exception {
    state.ended(FAILED);

    assertThat(state.restored()).isFalse();
    assertThat(state.awaitRestore(Duration.ZERO)).isEqualTo(Restore.UNDER_WAY);
  }

  @Test
  void aRestoreHasSucceededIfAllMemoryIsThereAlready() throws Exception {
    state.ended(COMPLETE);

    assertThat(state.restored()).isTrue();
    assertThat(state.awaitRestore(LoadingState.FOREVER)).isEqualTo(Restore.DONE);
  }

  @Test
  void givesUpOnlyWhatIsUnderWay() throws Exception {
    state.restored();
    state.giveUp();
    assertThat(state.awaitRestore(LoadingState.FOREVER)).isEqualTo(Restore.DONE);

    LoadingState other = new LoadingState();
    other.giveUp();
    assertThat(other.awaitRestore(LoadingState.FOREVER)).isEqualTo(Restore.GIVEN_UP);
  }

  @Test
  void wakesWhoWaitsForTheRestore() throws Exception {
    FutureTask<Restore> waiter = waiting(() -> state.awaitRestore(LoadingState.FOREVER));

    state.restored();

    assertThat(end(waiter)).isEqualTo(Restore.DONE);
  }

  @Test
  void wakesWhoWaitsForItsEnd() throws Exception {
    assertThat(state.awaitClosed(Duration.ofMillis(1))).isFalse();
    FutureTask<Boolean> waiter = waiting(() -> state.awaitClosed(LoadingState.FOREVER));

    state.closed();

    assertThat(end(waiter)).isTrue();
  }

  @Test
  void wakesWhoWaitsForAStepOrIsCancelled() throws Exception {
    AtomicBoolean cancelled = new AtomicBoolean();
    FutureTask<Boolean> first = waiting(() -> state.awaitStep(cancelled::get));
    state.step();
    assertThat(end(first)).as("nothing more to wait for").isFalse();

    FutureTask<Boolean> second = waiting(() -> state.awaitStep(cancelled::get));
    cancelled.set(true);
    state.step();
    assertThat(end(second)).isTrue();
    assertThat(state.awaitStep(cancelled::get)).as("it waits no more").isTrue();
  }

  @Test
  void waitsForNoStepOfWhatIsClosed() throws Exception {
    state.closed();

    assertThat(state.awaitStep(() -> false)).isTrue();
  }
}
