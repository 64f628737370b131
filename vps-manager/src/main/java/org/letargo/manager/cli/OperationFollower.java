package org.letargo.manager.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Waits for an operation: by its events, and by asking when they break off. A manager that is
 * restarted meanwhile is waited for.
 */
final class OperationFollower {
  /** Between two questions, when there are no events. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final ApiClient api;
  private final Duration patience;

  /**
   * @param patience for how long nobody may answer
   */
  OperationFollower(ApiClient api, Duration patience) {
    this.api = api;
    this.patience = patience;
  }

  /**
   * Calls {@code progress} with each state, the first and the last one included.
   *
   * @return how it ended, well or not
   * @throws CliFailure if the manager can no longer be asked; the operation may go on
   */
  OperationView follow(OperationView started, Consumer<OperationView> progress)
      throws InterruptedException {
    progress.accept(started);
    OperationView seen = started;
    long answered = System.nanoTime();
    while (seen.isRunning()) {
      Optional<OperationView> last = listen(seen.id(), progress);
      try {
        seen = last.isPresent() ? last.get() : OperationView.of(api.get(path(started.id())));
        answered = System.nanoTime();
      } catch (CliFailure e) {
        boolean waitOn =
            e.status() == ExitStatus.MANAGER_UNREACHABLE
                && System.nanoTime() - answered < patience.toNanos();
        if (!waitOn) {
          throw lost(started, e);
        }
      }
      if (last.isEmpty()) {
        progress.accept(seen);
        if (seen.isRunning()) {
          Thread.sleep(PAUSE);
        }
      }
    }
    return seen;
  }

  /** Empty when the events broke off, or there were none, before the last one. */
  private Optional<OperationView> listen(String id, Consumer<OperationView> progress)
      throws InterruptedException {
    try (ServerEvents events = api.events(path(id) + "/events")) {
      for (var event = events.next(); event.isPresent(); event = events.next()) {
        if (event.get().name().equals("operation")) {
          OperationView view = OperationView.of(event.get().data());
          progress.accept(view);
          if (!view.isRunning()) {
            return Optional.of(view);
          }
        }
      }
      return Optional.empty();
    } catch (CliFailure noEvents) {
      return Optional.empty(); // asking tells why, if that fails too
    }
  }

  private static String path(String id) {
    return "/v1/operations/" + ManagerUrl.encoded(id);
  }

  private static CliFailure lost(OperationView operation, CliFailure why) {
    if (why.status() != ExitStatus.MANAGER_UNREACHABLE) {
      return why;
    }
    var failure =
        new CliFailure(
            why.status(),
            why.code(),
            "lost sight of operation " + operation.id(),
            "the manager does not answer any more",
            "It may have gone on: when the manager is back, see 'letargo ops show "
                + operation.id()
                + "'.");
    failure.initCause(why);
    return failure;
  }
}
