package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

class FakeHookTest {
  private static final VpsName WEB1 = new VpsName("web1");

  @TempDir Path dir;
  private FakeHook hook;

  @BeforeEach
  void start() throws IOException {
    hook = FakeHook.start(dir.resolve("hook.sock"));
    hook.client()
        .call(
            new HookRequest.CreateVps(
                OperationId.create(),
                WEB1,
                new TemplateName("tiny"),
                VpsLimits.DEFAULT,
                Optional.empty(),
                List.of()));
  }

  @AfterEach
  void close() throws IOException {
    hook.close();
  }

  @ParameterizedTest
  @CsvSource({
    "RECEIVED, unknown, stopped",
    "BEGUN, failed INTERRUPTED, stopped",
    "HALFWAY, failed INTERRUPTED, stopped",
    "COMMITTED, succeeded, running"
  })
  void finishesOrRollsBackWhatWasUnderWayWhenItDied(Moment moment, String outcome, String status)
      throws IOException {
    OperationId operation = OperationId.create();
    hook.dieAt(HookRequest.StartVps.class, moment);

    VpsException cut = failure(new HookRequest.StartVps(operation, WEB1));
    hook.start();

    assertThat(cut.code()).isEqualTo(Code.HOOK_UNREACHABLE);
    assertThat(outcomeOf(operation)).isEqualTo(outcome);
    var web1 = hook.client().call(new HookRequest.FindVps(WEB1));
    assertThat(web1.status().word()).isEqualTo(status);
    assertThat(web1.change()).isEmpty();
  }

  @Test
  void standsStillAtAMomentAndTellsThatItRuns() throws Exception {
    OperationId operation = OperationId.create();
    Trap trap = hook.hold(HookRequest.StartVps.class, Moment.HALFWAY);
    var started =
        CompletableFuture.supplyAsync(
            () -> hook.client().call(new HookRequest.StartVps(operation, WEB1)));
    trap.awaitReached();

    assertThat(outcomeOf(operation)).isEqualTo("running");
    assertThat(hook.client().call(new HookRequest.FindVps(WEB1)).change()).contains(operation);
    assertThat(failure(new HookRequest.StartVps(OperationId.create(), WEB1)).code())
        .isEqualTo(Code.BUSY);
    assertThat(hook.violations()).hasSize(1);

    trap.release();
    assertThat(started.get().status()).isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void cancelsBeforeTheCommitAndNotAfterIt() throws Exception {
    assertThat(cancelledAt(Moment.HALFWAY)).isEqualTo("failed CANCELLED");
    assertThat(cancelledAt(Moment.COMMITTED)).isEqualTo("succeeded");
  }

  private String cancelledAt(Moment moment) {
    OperationId operation = OperationId.create();
    Trap trap = hook.hold(HookRequest.StartVps.class, moment);
    HookRequest.StartVps start = new HookRequest.StartVps(operation, WEB1);
    CompletableFuture.supplyAsync(() -> hook.client().call(start));
    trap.awaitReached();
    hook.client().call(new HookRequest.CancelOperation(operation));
    trap.release();
    await().until(() -> !outcomeOf(operation).equals("running"));
    return outcomeOf(operation);
  }

  @Test
  void failsAsItIsTold() {
    VpsException full =
        new VpsException(Code.NO_SPACE, "cannot start", "the disk is full", "Tidy.");
    hook.fail(HookRequest.StartVps.class, Moment.HALFWAY, full);

    VpsException failed = failure(new HookRequest.StartVps(OperationId.create(), WEB1));

    assertThat(Failure.of(failed)).isEqualTo(Failure.of(full));
    assertThat(hook.client().call(new HookRequest.FindVps(WEB1)).status())
        .isEqualTo(new VpsStatus.Stopped());
  }

  @Test
  void refusesAnOperationIdThatWasUsed() {
    OperationId operation = OperationId.create();
    hook.client().call(new HookRequest.StartVps(operation, WEB1));

    assertThat(failure(new HookRequest.PauseVps(operation, WEB1)).code()).isEqualTo(Code.INTERNAL);
    assertThat(hook.violations())
        .containsExactly("operation " + operation + " was asked for twice");
  }

  private String outcomeOf(OperationId operation) {
    return switch (hook.client().call(new HookRequest.FindOperation(operation))) {
      case OperationReport.Unknown _ -> "unknown";
      case OperationReport.Running _ -> "running";
      case OperationReport.Succeeded _ -> "succeeded";
      case OperationReport.Failed(Failure failure) -> "failed " + failure.code();
    };
  }

  private VpsException failure(HookRequest<?> request) {
    return catchThrowableOfType(VpsException.class, () -> hook.client().call(request));
  }

  @Test
  void refusesToSuspendWhatATestPutAnObstacleInto() {
    hook.client().call(new HookRequest.StartVps(OperationId.create(), WEB1));
    Obstacle ring = Obstacle.of(ObstacleKind.IO_URING, Optional.empty(), Optional.empty());
    Obstacle clock = Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty());
    hook.obstacles(WEB1, List.of(ring, clock));

    VpsException refused =
        catchThrowableOfType(
            VpsException.class,
            () -> hook.client().call(new HookRequest.SuspendVps(OperationId.create(), WEB1)));

    assertThat(refused.code()).isEqualTo(Code.NOT_CHECKPOINTABLE);
    assertThat(refused.explanation()).contains(new Explanation(List.of(ring), List.of()));
    assertThat(hook.client().call(new HookRequest.PreflightVps(WEB1)).obstacles())
        .containsExactly(ring, clock);
    assertThat(hook.client().call(new HookRequest.FindVps(WEB1)).status())
        .isInstanceOf(VpsStatus.Running.class);
  }
}
