package org.letargo.hook.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.StoreWork;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What every hook owes its callers about what checkpoints share and outlive: clones, archives and
 * the store, over the wire. {@link FakeHook} and the real hook both pass it.
 */
public abstract class StoreContract extends TimelineFixture {
  @Test
  void bringsBackWhatIsLeftAfterOthersWereForgotten() {
    VpsName name = running();
    write(name, "one");
    TimelineEntry one = checkpoint(name, "");
    write(name, "two");
    TimelineEntry two = checkpoint(name, "");
    write(name, "three");
    TimelineEntry three = checkpoint(name, "");

    client().call(new HookRequest.ForgetCheckpoint(op(), name, id(one)));
    client().call(new HookRequest.ForgetCheckpoint(op(), name, id(three)));
    client().call(new HookRequest.MaintainStore(op(), StoreWork.COLLECT));

    rewind(name, two);
    assertThat(read(name)).isEqualTo("two two");
  }

  @Test
  void givesACloneTheStateOfItsCheckpointAndALifeOfItsOwn() {
    VpsName name = running();
    write(name, "one");
    TimelineEntry one = checkpoint(name, "");
    write(name, "two");
    VpsName copy = fresh();
    VpsName ofPresent = fresh();

    client().call(cloneOf(name, Optional.of(id(one)), copy));
    client().call(cloneOf(name, Optional.empty(), ofPresent));
    assertThat(read(copy)).isEqualTo("one one");
    assertThat(read(ofPresent)).isEqualTo("two two");
    write(copy, "other");

    assertThat(read(name)).isEqualTo("two two");
    rewind(copy, timeline(copy).checkpoints().getFirst());
    assertThat(read(copy)).isEqualTo("one one");
  }

  @Test
  void clonesACheckpointAsAVpsOfItsOwn() {
    VpsName name = running();
    TimelineEntry from = checkpoint(name, "");
    Timeline before = timeline(name);
    VpsReport source = find(name);
    VpsName copy = fresh();

    VpsReport cloned = client().call(cloneOf(name, Optional.of(id(from)), copy));

    assertThat(cloned.spec().name()).isEqualTo(copy);
    assertThat(cloned.spec().template()).isEqualTo(source.spec().template());
    assertThat(cloned.spec().limits()).isEqualTo(source.spec().limits());
    assertThat(cloned.spec().address()).isNotEqualTo(source.spec().address());
    assertThat(cloned.spec().mac()).isNotEqualTo(source.spec().mac());
    assertThat(cloned.spec().published()).isEmpty();
    assertThat(cloned.status()).isInstanceOf(VpsStatus.Running.class);
    assertThat(cloned.change()).isEmpty();
    Timeline line = timeline(copy);
    assertThat(line.checkpoints())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.kind()).isEqualTo(CheckpointKind.CLONE);
          assertThat(entry.parent()).isEmpty();
          assertThat(line.here()).contains(id(entry));
        });
    assertThat(timeline(name)).isEqualTo(before);
    assertThat(find(name)).isEqualTo(source);
  }

  @Test
  void clonesThePresentWhateverItIs() {
    VpsName name = fresh();
    create(name);
    VpsName ofStopped = fresh();
    VpsName ofRunning = fresh();
    VpsName ofSuspended = fresh();

    assertThat(status(cloneOf(name, Optional.empty(), ofStopped)))
        .isEqualTo(new VpsStatus.Stopped());
    client().call(new HookRequest.StartVps(op(), name));
    assertThat(status(cloneOf(name, Optional.empty(), ofRunning)))
        .isInstanceOf(VpsStatus.Running.class);
    assertThat(find(name).status()).isInstanceOf(VpsStatus.Running.class);
    VpsReport suspended = client().call(new HookRequest.SuspendVps(op(), name));
    assertThat(status(cloneOf(name, Optional.empty(), ofSuspended)))
        .isInstanceOf(VpsStatus.Running.class);
    assertThat(find(name).status()).isEqualTo(suspended.status());
  }

  @Test
  void keepsACloneWhenItsOriginIsGone() {
    VpsName name = running();
    VpsName copy = fresh();
    client().call(cloneOf(name, Optional.of(id(checkpoint(name, ""))), copy));

    client().call(new HookRequest.DestroyVps(op(), name));
    client().call(new HookRequest.MaintainStore(op(), StoreWork.COLLECT));

    TimelineEntry origin = timeline(copy).checkpoints().getFirst();
    assertThat(rewind(copy, origin)).isInstanceOf(VpsStatus.Running.class);
  }

  @Test
  void refusesACloneWhoseNameIsTaken() {
    VpsName name = running();
    TimelineEntry from = checkpoint(name, "");

    assertThat(refusal(cloneOf(name, Optional.of(id(from)), name)).code())
        .isEqualTo(Code.NAME_TAKEN);
    assertThat(refusal(cloneOf(name, Optional.empty(), name)).code()).isEqualTo(Code.NAME_TAKEN);
    assertThat(find(name).status()).isInstanceOf(VpsStatus.Running.class);
    assertThat(find(name).change()).isEmpty();
  }

  @Test
  void exportsACheckpointOfARunningVps() throws IOException {
    VpsName name = running();
    write(name, "one");
    TimelineEntry from = checkpoint(name, "");
    write(name, "two");
    VpsReport before = find(name);
    VpsName other = fresh();

    byte[] archive = export(name, Optional.of(id(from)));
    assertThat(find(name).status()).isEqualTo(before.status());
    assertThat(read(name)).isEqualTo("two two");
    client().call(new HookRequest.DestroyVps(op(), name)); // memory comes back at its address
    VpsReport imported = importVps(Optional.of(other), archive);

    Timeline line = timeline(other);
    assertThat(line.checkpoints())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.kind()).isEqualTo(CheckpointKind.IMPORT);
          assertThat(entry.hasMemory()).isTrue();
          assertThat(entry.parent()).isEmpty();
          assertThat(line.here()).contains(id(entry));
          assertThat(imported.status()).isEqualTo(new VpsStatus.Suspended(entry.checkpoint()));
        });
    assertThat(status(new HookRequest.ResumeVps(op(), other)))
        .isInstanceOf(VpsStatus.Running.class);
    assertThat(read(other)).isEqualTo("one one");
  }

  @Test
  void countsWhatTheStoreKeeps() {
    StoreReport before = store();
    VpsName name = running();
    TimelineEntry first = checkpoint(name, "");
    checkpoint(name, "");

    StoreReport after = store();

    assertThat(after.checkpoints()).isEqualTo(before.checkpoints() + 2);
    assertThat(after.content())
        .isGreaterThanOrEqualTo(
            DataSize.ofBytes(before.content().bytes() + first.checkpoint().memory().bytes()));
    assertThat(after.dead()).isLessThanOrEqualTo(after.stored());
    assertThat(after.chunks()).isPositive();
  }

  @Test
  void findsAWholeStoreWholeBeforeAndAfterACollection() {
    VpsName name = running();
    TimelineEntry kept = checkpoint(name, "");
    TimelineEntry gone = checkpoint(name, "");
    client().call(new HookRequest.ForgetCheckpoint(op(), name, id(gone)));

    StoreFindings first = client().call(new HookRequest.MaintainStore(op(), StoreWork.CHECK));
    StoreFindings collected = client().call(new HookRequest.MaintainStore(op(), StoreWork.COLLECT));
    StoreFindings repaired = client().call(new HookRequest.MaintainStore(op(), StoreWork.REPAIR));
    StoreFindings second = client().call(new HookRequest.MaintainStore(op(), StoreWork.CHECK));

    for (StoreFindings findings : List.of(first, collected, repaired, second)) {
      assertThat(findings.damagedChunks()).isZero();
      assertThat(findings.damaged()).isEmpty();
    }
    assertThat(first.read()).isGreaterThan(DataSize.ofBytes(0));
    assertThat(rewind(name, kept)).isInstanceOf(VpsStatus.Running.class);
  }
}
