package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What every hook owes its callers about verified checkpoints, over the wire. {@link FakeHook} and
 * the real hook both pass it.
 */
public abstract class VerifyContract extends TimelineFixture {
  @Test
  void knowsNothingOfACheckpointThatNobodyHasTried() {
    VpsName name = running();

    assertThat(checkpoint(name, "").verification()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(VerifyDepth.class)
  void verifiesACheckpointAndLeavesTheVpsAlone(VerifyDepth depth) {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "");
    VpsStatus before = find(name).status();
    OperationId operation = op();

    TimelineEntry verified =
        client().call(new HookRequest.VerifyCheckpoint(operation, name, id(taken), depth));

    assertThat(verified.verification()).get().isInstanceOf(Verification.Verified.class);
    assertThat(verified.verification().get().depth()).isEqualTo(depth);
    assertThat(timeline(name).checkpoints()).containsExactly(verified);
    assertThat(find(name).status()).isEqualTo(before);
    assertThat(client().call(new HookRequest.FindOperation(operation)))
        .isEqualTo(new OperationReport.Succeeded());
  }

  @Test
  void doesNotForgetADeeperVerificationForALesserOne() {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "");
    TimelineEntry deep =
        client().call(new HookRequest.VerifyCheckpoint(op(), name, id(taken), VerifyDepth.RESTORE));

    TimelineEntry after =
        client().call(new HookRequest.VerifyCheckpoint(op(), name, id(taken), VerifyDepth.IMAGES));

    assertThat(after).isEqualTo(deep);
  }

  @Test
  void keepsWhatWasFoundOutWhenACheckpointIsMarked() {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "");
    TimelineEntry verified =
        client().call(new HookRequest.VerifyCheckpoint(op(), name, id(taken), VerifyDepth.IMAGES));

    TimelineEntry marked = client().call(label(name, id(taken), "kept"));

    assertThat(marked.verification()).isEqualTo(verified.verification());
  }

  @Test
  void verifiesTheDiskOfAStoppedVps() {
    VpsName name = fresh();
    create(name);
    TimelineEntry taken = checkpoint(name, "");

    TimelineEntry verified =
        client().call(new HookRequest.VerifyCheckpoint(op(), name, id(taken), VerifyDepth.RESTORE));

    assertThat(verified.verification()).get().isInstanceOf(Verification.Verified.class);
  }

  @Test
  void verifiesACheckpointThatItTakes() {
    VpsName name = running();

    TimelineEntry taken =
        client()
            .call(
                new HookRequest.CheckpointVps(
                    op(), name, CheckpointKind.MANUAL, "", "", Optional.of(VerifyDepth.RESTORE)));

    assertThat(taken.verification()).get().isInstanceOf(Verification.Verified.class);
    assertThat(timeline(name).checkpoints()).containsExactly(taken);
    assertThat(find(name).status()).isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void suspendsIntoACheckpointThatIsVerified() {
    VpsName name = running();

    VpsStatus after =
        status(new HookRequest.SuspendVps(op(), name, Optional.of(VerifyDepth.RESTORE)));

    TimelineEntry taken = timeline(name).checkpoints().getLast();
    assertThat(after).isEqualTo(new VpsStatus.Suspended(taken.checkpoint()));
    assertThat(taken.verification()).get().isInstanceOf(Verification.Verified.class);
    assertThat(status(new HookRequest.ResumeVps(op(), name))).isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void refusesToVerifyWhatIsNotThere() {
    VpsName name = running();

    assertThat(
            refusal(new HookRequest.VerifyCheckpoint(op(), name, UNKNOWN, VerifyDepth.RESTORE))
                .code())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(
            refusal(
                    new HookRequest.VerifyCheckpoint(
                        op(), new VpsName("nobody"), UNKNOWN, VerifyDepth.RESTORE))
                .code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void keepsTheNamesOfTrialsForItself() {
    var wanted =
        new HookRequest.CreateVps(
            op(),
            new VpsName("letargo-trial-mine"),
            new TemplateName("tiny"),
            VpsLimits.DEFAULT,
            Optional.empty(),
            List.of());

    assertThat(refusal(wanted).code()).isEqualTo(Code.INVALID_REQUEST);
  }
}
