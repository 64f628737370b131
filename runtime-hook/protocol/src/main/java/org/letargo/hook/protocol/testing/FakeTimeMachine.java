package org.letargo.hook.protocol.testing;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;

/** The changes of a {@link FakeLife} that make, use and drop checkpoints. */
final class FakeTimeMachine {
  private static final Resumed ASKED_FOR = new Resumed.Eagerly("it was asked for");

  /** All of it is there already. */
  private static final Resumed LAZILY =
      new Resumed.Lazily(DataSize.ofMebibytes(7), DataSize.ofBytes(0));

  private final FakeLife life;
  private final FakeHost host;
  private final FakeTimelines timelines;

  FakeTimeMachine(FakeLife life, FakeHost host) {
    this.life = life;
    this.host = host;
    this.timelines = host.timelines();
  }

  TimelineEntry checkpoint(HookRequest.CheckpointVps wanted, HookExchange exchange) {
    VpsName name = wanted.name();
    return life.claimed(
        wanted,
        name,
        FakeMoves.CHECKPOINT,
        () -> {
          timelines.requireFree(name, wanted.label());
          boolean hasMemory = hasProcesses(host.find(name).status());
          if (hasMemory) {
            life.requireNothingBlocks(name, "checkpoint");
          }
          CheckpointReport taken = FakeTimelines.capture(hasMemory);
          life.work(wanted, exchange);
          return life.commit(
              wanted,
              () -> {
                TimelineEntry entry =
                    timelines.add(
                        name, taken, wanted.kind(), hasMemory, wanted.label(), wanted.note());
                host.settle(name, status -> status);
                return wanted
                    .verify()
                    .map(depth -> verified(name, taken.id(), depth))
                    .orElse(entry);
              });
        });
  }

  /** Beside whatever the VPS does. */
  TimelineEntry verify(HookRequest.VerifyCheckpoint verify, HookExchange exchange) {
    host.find(verify.name());
    CheckpointId id = timelines.find(verify.name(), verify.checkpoint()).checkpoint().id();
    life.work(verify, exchange);
    requireRestorable(verify.name(), id, verify.depth());
    return life.commit(verify, () -> verified(verify.name(), id, verify.depth()));
  }

  /** As an export asks for it, if it does. */
  void verify(HookRequest.ExportVps export, CheckpointId id) {
    export
        .verify()
        .ifPresent(depth -> {
          requireRestorable(export.name(), id, depth);
          life.alive(() -> verified(export.name(), id, depth));
        });
  }

  /** Fails, and keeps why, if it is damaged. */
  private void requireRestorable(VpsName name, CheckpointId id, VerifyDepth depth) {
    try {
      timelines.requireWhole(name, id);
    } catch (VpsException e) {
      life.alive(() ->
          timelines.verified(name, id, new Verification.Failed(Instant.now(), depth, e.why())));
      throw e;
    }
  }

  private TimelineEntry verified(VpsName name, CheckpointId id, VerifyDepth depth) {
    return timelines.verified(name, id, new Verification.Verified(Instant.now(), depth));
  }

  VpsReport suspend(HookRequest.SuspendVps suspend, HookExchange exchange) {
    VpsName name = suspend.name();
    return life.claimed(
        suspend,
        name,
        FakeMoves.SUSPEND,
        () -> {
          life.requireNothingBlocks(name, "suspend");
          life.work(suspend, exchange);
          return life.commit(
              suspend,
              () -> {
                CheckpointReport taken = FakeTimelines.capture(true);
                timelines.add(name, taken, CheckpointKind.SUSPEND, true, "", "");
                suspend.verify().ifPresent(depth -> verified(name, taken.id(), depth));
                return host.settle(name, _ -> new VpsStatus.Suspended(taken));
              });
        });
  }

  VpsReport resume(HookRequest.ResumeVps resume, HookExchange exchange) {
    VpsName name = resume.name();
    return life.claimed(
        resume,
        name,
        FakeMoves.RESUME,
        () -> {
          if (host.find(name).status() instanceof VpsStatus.Suspended(CheckpointReport in)) {
            timelines.requireWhole(name, in.id());
          }
          life.work(resume, exchange);
          return life.commit(resume, () -> host.settle(name, resume.eager() ? ASKED_FOR : LAZILY));
        });
  }

  VpsReport rewind(HookRequest.RewindVps rewind, HookExchange exchange) {
    VpsName name = rewind.name();
    return life.claimed(
        rewind,
        name,
        FakeMoves.REWIND,
        () -> {
          TimelineEntry target = timelines.find(name, rewind.checkpoint());
          timelines.requireWhole(name, rewind.checkpoint());
          if (!rewind.discardCurrent() && hasProcesses(host.find(name).status())) {
            life.requireNothingBlocks(name, "suspend");
          }
          life.work(rewind, exchange);
          return life.commit(
              rewind,
              () -> {
                if (!rewind.discardCurrent()) {
                  keepPresent(name, host.find(name).status());
                }
                timelines.moveTo(name, rewind.checkpoint());
                return settled(name, target.hasMemory());
              });
        });
  }

  /** The present of a suspended VPS is in its timeline already. */
  private void keepPresent(VpsName name, VpsStatus status) {
    switch (status) {
      case VpsStatus.Suspended _ -> {}
      case VpsStatus.Running _, VpsStatus.Paused _, VpsStatus.Stopped _ -> {
        boolean hasMemory = hasProcesses(status);
        CheckpointReport taken = FakeTimelines.capture(hasMemory);
        timelines.add(name, taken, CheckpointKind.BEFORE_REWIND, hasMemory, "", "");
      }
    }
  }

  Done forget(HookRequest.ForgetCheckpoint forget, HookExchange exchange) {
    VpsName name = forget.name();
    return life.claimed(
        forget,
        name,
        FakeMoves.FORGET,
        () -> {
          requireForgettable(name, timelines.find(name, forget.checkpoint()));
          life.work(forget, exchange);
          return life.commit(
              forget,
              () -> {
                timelines.forget(name, forget.checkpoint());
                host.settle(name, status -> status);
                return new Done();
              });
        });
  }

  private void requireForgettable(VpsName name, TimelineEntry entry) {
    CheckpointId id = entry.checkpoint().id();
    String what = "cannot forget checkpoint '" + id + "' of VPS '" + name + "'";
    if (entry.pinned()) {
      throw new VpsException(
          Code.WRONG_STATE,
          what,
          "it is pinned",
          "Unpin it first with 'letargo unpin " + name + "@" + id + "'.");
    }
    if (host.find(name).status() instanceof VpsStatus.Suspended(CheckpointReport in)
        && in.id().equals(id)) {
      throw new VpsException(
          Code.WRONG_STATE, what, "the VPS is suspended in it", "Resume the VPS first.");
    }
  }

  /** Cloning a checkpoint leaves its VPS alone; cloning the present stops it from changing. */
  VpsReport cloneVps(HookRequest.CloneVps request, HookExchange exchange) {
    VpsName name = request.name();
    VpsReport source = host.find(name);
    Optional<CheckpointId> wanted = request.checkpoint();
    if (wanted.isEmpty() && source.status() instanceof VpsStatus.Suspended(CheckpointReport in)) {
      wanted = Optional.of(in.id());
    }
    if (wanted.isPresent()) {
      TimelineEntry entry = timelines.find(name, wanted.get());
      timelines.requireWhole(name, wanted.get());
      return make(
          request,
          exchange,
          source.spec(),
          entry.hasMemory(),
          entry.checkpoint(),
          host.files().kept(wanted.get()));
    }
    return life.claimed(
        request,
        name,
        FakeMoves.CLONE,
        () -> {
          boolean hasMemory = hasProcesses(source.status());
          CheckpointReport taken = FakeTimelines.capture(hasMemory);
          VpsReport made =
              make(request, exchange, source.spec(), hasMemory, taken, host.files().present(name));
          life.alive(() -> host.settle(name, status -> status));
          return made;
        });
  }

  private VpsReport make(
      HookRequest.CloneVps request,
      HookExchange exchange,
      VpsSpec source,
      boolean hasMemory,
      CheckpointReport from,
      Map<String, String> files) {
    VpsName made = request.newName();
    life.alive(() ->
        host.add(
            made,
            source.template(),
            source.limits(),
            request.address(),
            request.published(),
            request.operation()));
    try {
      life.work(request, exchange);
    } catch (VpsException e) {
      life.alive(() -> {
        host.remove(made);
        return null;
      });
      throw e;
    }
    return life.commit(
        request,
        () -> {
          host.files().replace(made, files);
          timelines.add(made, from, CheckpointKind.CLONE, hasMemory, "", "");
          return settled(made, hasMemory);
        });
  }

  StoreFindings maintain(HookRequest.MaintainStore request, HookExchange exchange) {
    life.work(request, exchange);
    return life.commit(request, () -> timelines.work(request.work()));
  }

  private VpsReport settled(VpsName name, boolean hasMemory) {
    return hasMemory ? host.settle(name, LAZILY) : host.settle(name, _ -> new VpsStatus.Stopped());
  }

  static boolean hasProcesses(VpsStatus status) {
    return switch (status) {
      case VpsStatus.Running _, VpsStatus.Paused _ -> true;
      case VpsStatus.Stopped _, VpsStatus.Suspended _ -> false;
    };
  }
}
