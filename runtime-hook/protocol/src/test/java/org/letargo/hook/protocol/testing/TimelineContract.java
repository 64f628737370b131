package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.CheckpointDiff;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What every hook owes its callers about the timeline of a VPS, over the wire. {@link FakeHook} and
 * the real hook both pass it.
 */
public abstract class TimelineContract extends TimelineFixture {
  @Test
  void beginsWithAnEmptyTimeline() {
    VpsName name = fresh();
    create(name);

    assertThat(timeline(name)).isEqualTo(new Timeline(name, Optional.empty(), List.of()));
  }

  @Test
  void keepsARunningVpsRunningWhenItIsCheckpointed() {
    VpsName name = running();
    VpsStatus before = find(name).status();

    TimelineEntry taken = checkpoint(name, "first");

    assertThat(find(name).status()).isEqualTo(before);
    assertThat(taken.kind()).isEqualTo(CheckpointKind.MANUAL);
    assertThat(taken.hasMemory()).isTrue();
    assertThat(taken.label()).isEqualTo("first");
    assertThat(taken.note()).isEqualTo("a note");
    assertThat(taken.pinned()).isFalse();
    assertThat(taken.parent()).isEmpty();
    assertThat(taken.frozen()).isPositive();
    assertThat(taken.checkpoint().memory()).isGreaterThan(DataSize.ofBytes(0));
    assertThat(timeline(name))
        .isEqualTo(new Timeline(name, Optional.of(id(taken)), List.of(taken)));
  }

  @Test
  void keepsAPausedVpsPausedWhenItIsCheckpointed() {
    VpsName name = running();
    VpsStatus before = status(new HookRequest.PauseVps(op(), name));

    TimelineEntry taken = checkpoint(name, "");

    assertThat(taken.hasMemory()).isTrue();
    assertThat(find(name).status()).isEqualTo(before);
  }

  @Test
  void keepsTheDiskOfAStoppedVps() {
    VpsName name = fresh();
    create(name);

    TimelineEntry taken =
        client().call(new HookRequest.CheckpointVps(op(), name, CheckpointKind.SCHEDULED, "", ""));

    assertThat(taken.kind()).isEqualTo(CheckpointKind.SCHEDULED);
    assertThat(taken.hasMemory()).isFalse();
    assertThat(taken.frozen()).isEqualTo(Duration.ZERO);
    assertThat(find(name).status()).isEqualTo(new VpsStatus.Stopped());
  }

  @Test
  void refusesToCheckpointASuspendedVps() {
    VpsName name = running();
    client().call(new HookRequest.SuspendVps(op(), name));

    assertThat(refusal(checkpointOf(name, "")).code()).isEqualTo(Code.WRONG_STATE);
  }

  @Test
  void keepsEverySuspensionAlsoWhenItIsResumed() {
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "");
    VpsReport suspended = client().call(new HookRequest.SuspendVps(op(), name));

    Timeline whileSuspended = timeline(name);
    client().call(new HookRequest.ResumeVps(op(), name));

    TimelineEntry last = whileSuspended.checkpoints().getLast();
    assertThat(suspended.status()).isEqualTo(new VpsStatus.Suspended(last.checkpoint()));
    assertThat(last.kind()).isEqualTo(CheckpointKind.SUSPEND);
    assertThat(last.parent()).contains(id(first));
    assertThat(last.hasMemory()).isTrue();
    assertThat(whileSuspended.here()).contains(id(last));
    assertThat(timeline(name)).isEqualTo(whileSuspended);
  }

  @Test
  void growsABranchBehindTheCheckpointThatItWasRewoundTo() {
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "first");
    TimelineEntry second = checkpoint(name, "second");

    assertThat(status(new HookRequest.RewindVps(op(), name, id(first), false)))
        .isInstanceOf(VpsStatus.Running.class);
    Timeline rewound = timeline(name);
    TimelineEntry branch = checkpoint(name, "branch");

    TimelineEntry kept = rewound.checkpoints().getLast();
    assertThat(rewound.checkpoints()).containsExactly(first, second, kept);
    assertThat(kept.kind()).isEqualTo(CheckpointKind.BEFORE_REWIND);
    assertThat(kept.parent()).contains(id(second));
    assertThat(kept.hasMemory()).isTrue();
    assertThat(rewound.here()).contains(id(first));
    assertThat(branch.parent()).contains(id(first));
    assertThat(timeline(name).here()).contains(id(branch));
  }

  @Test
  void keepsNothingOfAPresentThatIsDiscarded() {
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "");
    TimelineEntry second = checkpoint(name, "");

    client().call(new HookRequest.RewindVps(op(), name, id(second), true));
    client().call(new HookRequest.RewindVps(op(), name, id(first), true));

    assertThat(timeline(name))
        .isEqualTo(new Timeline(name, Optional.of(id(first)), List.of(first, second)));
  }

  @Test
  void rewindsFromEveryStateToWhatTheCheckpointHolds() {
    VpsName name = fresh();
    create(name);
    TimelineEntry disk = checkpoint(name, "disk");
    client().call(new HookRequest.StartVps(op(), name));
    TimelineEntry memory = checkpoint(name, "memory");

    assertThat(rewind(name, disk)).isEqualTo(new VpsStatus.Stopped());
    assertThat(rewind(name, memory)).isInstanceOf(VpsStatus.Running.class);
    client().call(new HookRequest.PauseVps(op(), name));
    assertThat(rewind(name, memory)).isInstanceOf(VpsStatus.Running.class);
    client().call(new HookRequest.SuspendVps(op(), name));
    TimelineEntry suspended = timeline(name).checkpoints().getLast();
    assertThat(rewind(name, memory)).isInstanceOf(VpsStatus.Running.class);
    assertThat(timeline(name).checkpoints()).contains(disk, memory, suspended);
    assertThat(rewind(name, suspended)).isInstanceOf(VpsStatus.Running.class);
    assertThat(timeline(name).here()).contains(id(suspended));
  }

  @Test
  void bringsBackDiskAndMemoryOfThatMoment() {
    VpsName name = running();
    write(name, "one");
    TimelineEntry one = checkpoint(name, "");
    write(name, "two");
    TimelineEntry two = checkpoint(name, "");
    write(name, "three");

    rewind(name, one);
    assertThat(read(name)).isEqualTo("one one");
    TimelineEntry three = timeline(name).checkpoints().getLast();
    rewind(name, two);
    assertThat(read(name)).isEqualTo("two two");
    rewind(name, three);
    assertThat(read(name)).isEqualTo("three three");
  }

  @Test
  void bringsBackTheDiskAloneOfACheckpointWithoutMemory() {
    VpsName name = running();
    write(name, "one");
    client().call(new HookRequest.StopVps(op(), name, Duration.ZERO));
    TimelineEntry stopped = checkpoint(name, "");
    client().call(new HookRequest.StartVps(op(), name));
    write(name, "two");

    rewind(name, stopped);
    client().call(new HookRequest.StartVps(op(), name));

    assertThat(read(name)).isEqualTo("one -");
  }

  @Test
  void keepsThePresentOfASuspendedVpsOnce() {
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "");
    client().call(new HookRequest.SuspendVps(op(), name));
    Timeline suspended = timeline(name);

    client().call(new HookRequest.RewindVps(op(), name, id(first), false));

    assertThat(timeline(name).checkpoints()).isEqualTo(suspended.checkpoints());
  }

  @Test
  void refusesACheckpointThatIsNotThere() {
    VpsName name = running();

    assertThat(refusal(new HookRequest.RewindVps(op(), name, UNKNOWN, false)).code())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(refusal(new HookRequest.ForgetCheckpoint(op(), name, UNKNOWN)).code())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(refusal(new HookRequest.ExportVps(op(), name, Optional.of(UNKNOWN))).code())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(refusal(cloneOf(name, Optional.of(UNKNOWN), fresh())).code())
        .isEqualTo(Code.NOT_FOUND);
    assertThat(refusal(pin(name, UNKNOWN, true)).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(timeline(name).checkpoints()).isEmpty();
    assertThat(find(name).status()).isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void refusesEverythingAboutAVpsThatIsNotThere() {
    VpsName nobody = new VpsName("nobody");

    for (HookRequest<?> request :
        List.<HookRequest<?>>of(
            new HookRequest.ListCheckpoints(nobody),
            checkpointOf(nobody, ""),
            pin(nobody, UNKNOWN, true),
            new HookRequest.ForgetCheckpoint(op(), nobody, UNKNOWN),
            new HookRequest.RewindVps(op(), nobody, UNKNOWN, false),
            cloneOf(nobody, Optional.empty(), fresh()))) {
      assertThat(refusal(request).code()).as(request.toString()).isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void changesWhatPeopleWroteAndNothingElse() {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "first");

    TimelineEntry pinned = client().call(pin(name, id(taken), true));
    TimelineEntry renamed =
        client()
            .call(
                new HookRequest.MarkCheckpoint(
                    name,
                    id(taken),
                    Optional.of("second"),
                    Optional.of("another note"),
                    Optional.empty()));

    assertThat(pinned).isEqualTo(marked(taken, "first", "a note", true));
    assertThat(renamed).isEqualTo(marked(taken, "second", "another note", true));
    assertThat(client().call(pin(name, id(taken), false)).pinned()).isFalse();
    assertThat(timeline(name).checkpoints())
        .containsExactly(marked(taken, "second", "another note", false));
  }

  @Test
  void givesALabelToOneCheckpointOfAVps() {
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "first");
    TimelineEntry other = checkpoint(name, "");

    assertThat(refusal(checkpointOf(name, "first")).code()).isEqualTo(Code.NAME_TAKEN);
    assertThat(refusal(label(name, id(other), "first")).code()).isEqualTo(Code.NAME_TAKEN);
    assertThat(timeline(name).checkpoints()).containsExactly(first, other);

    client().call(label(name, id(first), ""));
    assertThat(client().call(label(name, id(other), "first")).label()).isEqualTo("first");
    VpsName neighbour = fresh();
    create(neighbour);
    assertThat(checkpoint(neighbour, "first").label()).isEqualTo("first");
  }

  @Test
  void letsWhatFollowsOnAForgottenCheckpointFollowOnItsParent() {
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "");
    TimelineEntry second = checkpoint(name, "");
    TimelineEntry third = checkpoint(name, "");

    assertThat(client().call(new HookRequest.ForgetCheckpoint(op(), name, id(second))))
        .isEqualTo(new Done());

    Timeline after = timeline(name);
    assertThat(after.checkpoints())
        .extracting(TimelineContract::id)
        .containsExactly(id(first), id(third));
    assertThat(after.checkpoints().getLast().parent()).contains(id(first));
    assertThat(after.here()).contains(id(third));
    assertThat(rewind(name, third)).isInstanceOf(VpsStatus.Running.class);

    client().call(new HookRequest.ForgetCheckpoint(op(), name, id(third)));
    assertThat(timeline(name).here()).contains(id(first));
    client().call(new HookRequest.ForgetCheckpoint(op(), name, id(first)));
    assertThat(timeline(name).here()).isEmpty();
  }

  @Test
  void refusesToForgetWhatIsPinnedOrSuspendedIn() {
    VpsName name = running();
    TimelineEntry pinned = checkpoint(name, "");
    client().call(pin(name, id(pinned), true));
    client().call(new HookRequest.SuspendVps(op(), name));
    Timeline before = timeline(name);

    for (TimelineEntry kept : before.checkpoints()) {
      assertThat(refusal(new HookRequest.ForgetCheckpoint(op(), name, id(kept))).code())
          .isEqualTo(Code.WRONG_STATE);
    }
    assertThat(timeline(name)).isEqualTo(before);

    client().call(new HookRequest.ResumeVps(op(), name));
    client().call(pin(name, id(pinned), false));
    for (TimelineEntry free : before.checkpoints()) {
      client().call(new HookRequest.ForgetCheckpoint(op(), name, id(free)));
    }
    assertThat(timeline(name)).isEqualTo(new Timeline(name, Optional.empty(), List.of()));
  }

  @Test
  void keepsTheTimelineWhenTheVpsStopsAndStarts() {
    VpsName name = running();
    checkpoint(name, "");
    Timeline before = timeline(name);

    client().call(new HookRequest.StopVps(op(), name, Duration.ZERO));
    client().call(new HookRequest.StartVps(op(), name));

    assertThat(timeline(name)).isEqualTo(before);
  }

  @Test
  void beginsAnewUnderTheNameOfADestroyedVps() {
    VpsName name = running();
    checkpoint(name, "");
    client().call(new HookRequest.DestroyVps(op(), name));

    create(name);

    assertThat(timeline(name)).isEqualTo(new Timeline(name, Optional.empty(), List.of()));
  }

  @Test
  void tellsWhatIsDifferentBetweenTwoCheckpoints() {
    VpsName name = running();
    write(name, "one");
    TimelineEntry first = checkpoint(name, "");
    exec(name, "", "sh", "-c", "echo twofold > /kept");
    exec(name, "", "sh", "-c", "echo more > /added");
    TimelineEntry second = checkpoint(name, "");

    CheckpointDiff there = diff(name, first, name, second);
    CheckpointDiff back = diff(name, second, name, first);

    assertThat(there.files())
        .contains(
            file("/added", CheckpointDiff.Change.ADDED, 0, 5),
            file("/kept", CheckpointDiff.Change.CHANGED, 4, 8));
    assertThat(back.files())
        .contains(
            file("/added", CheckpointDiff.Change.REMOVED, 5, 0),
            file("/kept", CheckpointDiff.Change.CHANGED, 8, 4));
    assertThat(there.memory().before()).isEqualTo(first.checkpoint().memory());
    assertThat(there.memory().after()).isEqualTo(second.checkpoint().memory());
    assertThat(there.omitted()).isZero();
  }

  @Test
  void tellsThatNothingIsDifferentInTheSameCheckpoint() {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "");
    DataSize memory = taken.checkpoint().memory();

    assertThat(diff(name, taken, name, taken))
        .isEqualTo(
            new CheckpointDiff(
                new CheckpointDiff.MemoryDiff(memory, memory, DataSize.ofBytes(0)),
                List.of(),
                List.of(),
                List.of(),
                0));
  }

  @Test
  void comparesWithACheckpointOfAnotherVps() {
    VpsName name = running();
    TimelineEntry taken = checkpoint(name, "");
    VpsName other = fresh();
    create(other);
    TimelineEntry stopped = checkpoint(other, "");

    CheckpointDiff diff = diff(other, stopped, name, taken);

    assertThat(diff.processes())
        .anySatisfy(process -> {
          assertThat(process.pid()).isEqualTo(1);
          assertThat(process.change()).isEqualTo(CheckpointDiff.ProcessChange.NEW);
        });
    assertThat(refusal(new HookRequest.DiffCheckpoints(other, id(taken), name, id(taken))).code())
        .as("it is another VPS's")
        .isEqualTo(Code.NOT_FOUND);
  }

  private CheckpointDiff diff(
      VpsName name, TimelineEntry before, VpsName other, TimelineEntry after) {
    return client().call(new HookRequest.DiffCheckpoints(name, id(before), other, id(after)));
  }

  private static CheckpointDiff.FileDiff file(
      String path, CheckpointDiff.Change change, long before, long after) {
    return new CheckpointDiff.FileDiff(
        path, change, DataSize.ofBytes(before), DataSize.ofBytes(after));
  }

  @Test
  void keepsTheOutcomeOfAChangeOfTheTimeline() {
    VpsName name = running();
    OperationId taken = op();
    OperationId refused = op();
    client().call(new HookRequest.CheckpointVps(taken, name, CheckpointKind.MANUAL, "", ""));
    refusal(new HookRequest.RewindVps(refused, name, UNKNOWN, false));

    assertThat(client().call(new HookRequest.FindOperation(taken)))
        .isEqualTo(new OperationReport.Succeeded());
    assertThat(client().call(new HookRequest.FindOperation(refused)))
        .isInstanceOfSatisfying(
            OperationReport.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(Code.NOT_FOUND));
  }

  /** However many are kept of those that nobody asked for: not the one that is gone to. */
  @Test
  void rewindsToTheOldestOfManySuspensions() {
    VpsName name = running();
    for (int i = 0; i < 10; i++) {
      client().call(new HookRequest.SuspendVps(op(), name));
      client().call(new HookRequest.ResumeVps(op(), name));
    }
    TimelineEntry oldest = timeline(name).checkpoints().getFirst();

    assertThat(rewind(name, oldest)).isInstanceOf(VpsStatus.Running.class);

    assertThat(timeline(name).here()).contains(id(oldest));
    assertThat(timeline(name).checkpoints()).contains(oldest);
  }
}
