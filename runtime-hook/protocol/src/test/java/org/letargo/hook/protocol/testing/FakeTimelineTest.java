package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.StoreWork;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/** What tests can do to the timelines of a {@link FakeHook} and no caller can. */
class FakeTimelineTest {
  private static final VpsName WEB1 = new VpsName("web1");

  @TempDir Path dir;
  private FakeHook hook;

  @BeforeEach
  void start() throws IOException {
    hook = FakeHook.start(dir.resolve("hook.sock"));
    hook.client()
        .call(
            new HookRequest.CreateVps(
                op(),
                WEB1,
                new TemplateName("tiny"),
                VpsLimits.DEFAULT,
                Optional.empty(),
                List.of()));
    hook.client().call(new HookRequest.StartVps(op(), WEB1));
  }

  @AfterEach
  void close() throws IOException {
    hook.close();
  }

  @ParameterizedTest
  @CsvSource({"BEGUN, 1, true", "HALFWAY, 1, true", "COMMITTED, 2, false"})
  void keepsThePresentOnlyWithTheRewindThatItBelongsTo(
      Moment moment, int checkpoints, boolean sameProcesses) throws IOException {
    CheckpointId first = checkpoint();
    VpsStatus before = hook.client().call(new HookRequest.FindVps(WEB1)).status();
    hook.dieAt(HookRequest.RewindVps.class, moment);

    failure(new HookRequest.RewindVps(op(), WEB1, first, false));
    hook.start();

    var timeline = hook.client().call(new HookRequest.ListCheckpoints(WEB1));
    assertThat(timeline.checkpoints()).hasSize(checkpoints);
    assertThat(timeline.here()).contains(first);
    VpsStatus after = hook.client().call(new HookRequest.FindVps(WEB1)).status();
    assertThat(after.equals(before)).isEqualTo(sameProcesses);
  }

  @Test
  void leavesNoCloneBehindWhenItDies() throws IOException {
    VpsName copy = new VpsName("copy");
    hook.dieAt(HookRequest.CloneVps.class, Moment.HALFWAY);

    failure(
        new HookRequest.CloneVps(op(), WEB1, Optional.empty(), copy, Optional.empty(), List.of()));
    hook.start();

    assertThat(failure(new HookRequest.FindVps(copy)).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(hook.client().call(new HookRequest.FindVps(WEB1)).change()).isEmpty();
  }

  @Test
  void findsADamagedCheckpointAndNeverUsesIt() {
    CheckpointId damaged = checkpoint();
    CheckpointId whole = checkpoint();
    hook.damage(WEB1, damaged);

    assertThat(failure(new HookRequest.RewindVps(op(), WEB1, damaged, false)).code())
        .isEqualTo(Code.CHECKPOINT_CORRUPT);
    assertThat(
            failure(
                    new HookRequest.CloneVps(
                        op(),
                        WEB1,
                        Optional.of(damaged),
                        new VpsName("copy"),
                        Optional.empty(),
                        List.of()))
                .code())
        .isEqualTo(Code.CHECKPOINT_CORRUPT);
    assertThat(failure(new HookRequest.ExportVps(op(), WEB1, Optional.of(damaged))).code())
        .isEqualTo(Code.CHECKPOINT_CORRUPT);
    StoreFindings findings =
        hook.client().call(new HookRequest.MaintainStore(op(), StoreWork.CHECK));
    assertThat(findings.damagedChunks()).isEqualTo(1);
    assertThat(findings.damaged())
        .containsExactly(
            new StoreFindings.DamagedCheckpoint(WEB1, damaged, List.of("pages-1.img")));
    hook.client().call(new HookRequest.RewindVps(op(), WEB1, whole, false));
  }

  @Test
  void marksADamagedCheckpointThatIsVerified() {
    CheckpointId damaged = checkpoint();
    hook.damage(WEB1, damaged);

    assertThat(
            failure(new HookRequest.VerifyCheckpoint(op(), WEB1, damaged, VerifyDepth.RESTORE))
                .code())
        .isEqualTo(Code.CHECKPOINT_CORRUPT);
    assertThat(
            failure(
                    new HookRequest.ExportVps(
                        op(), WEB1, Optional.of(damaged), Optional.of(VerifyDepth.RUN)))
                .code())
        .isEqualTo(Code.CHECKPOINT_CORRUPT);

    var entry = hook.client().call(new HookRequest.ListCheckpoints(WEB1)).checkpoints().getFirst();
    assertThat(entry.verification())
        .get()
        .isInstanceOfSatisfying(
            Verification.Failed.class,
            failed -> {
              assertThat(failed.depth()).isEqualTo(VerifyDepth.RUN);
              assertThat(failed.because()).isEqualTo("its bytes are not what they were");
            });
  }

  @Test
  void doesNotResumeFromADamagedCheckpoint() {
    var suspended = hook.client().call(new HookRequest.SuspendVps(op(), WEB1));
    CheckpointId in = ((VpsStatus.Suspended) suspended.status()).checkpoint().id();
    hook.damage(WEB1, in);

    assertThat(failure(new HookRequest.ResumeVps(op(), WEB1)).code())
        .isEqualTo(Code.CHECKPOINT_CORRUPT);
    assertThat(hook.client().call(new HookRequest.FindVps(WEB1)).status())
        .isEqualTo(suspended.status());
  }

  private CheckpointId checkpoint() {
    return hook.client()
        .call(new HookRequest.CheckpointVps(op(), WEB1, CheckpointKind.MANUAL, "", ""))
        .checkpoint()
        .id();
  }

  private VpsException failure(HookRequest<?> request) {
    return catchThrowableOfType(VpsException.class, () -> hook.client().call(request));
  }

  private static OperationId op() {
    return OperationId.create();
  }
}
