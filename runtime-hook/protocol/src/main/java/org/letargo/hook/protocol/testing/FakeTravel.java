package org.letargo.hook.protocol.testing;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/** How VPSes and checkpoints of a {@link FakeHook} go to another one. */
final class FakeTravel {
  /** What a checkpoint that is moved begins with, and the answer that lets it go on. */
  private static final byte[] OUTLINE = {'F', 'A', 'K', 'M'};

  private static final byte WISH = 1;

  private final FakeLife life;
  private final FakeHook hook;
  private final FakeHost host;

  FakeTravel(FakeLife life, FakeHook hook, FakeHost host) {
    this.life = life;
    this.hook = hook;
    this.host = host;
  }

  Done send(HookRequest.SendCheckpoint send, HookExchange exchange) {
    send(send, send.name(), send.checkpoint(), exchange);
    return life.commit(send, Done::new);
  }

  /** Begins only when the other has answered, as the real one does. */
  private void send(
      HookRequest.Change<?> request, VpsName name, CheckpointId id, HookExchange exchange) {
    VpsReport vps = host.find(name);
    TimelineEntry entry = host.timelines().find(name, id);
    host.timelines().requireWhole(name, id);
    try {
      exchange.output(OUTLINE, 0, OUTLINE.length);
      if (exchange.input().read() != WISH) {
        throw FakeLife.lostCaller();
      }
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
    life.write(
        request,
        FakeArchive.VPS,
        new FakeArchive.Content(host.asIn(entry, vps), host.files().kept(id)),
        exchange);
  }

  VpsReport receive(HookRequest.Change<?> request, Optional<VpsName> name, HookExchange exchange) {
    begin(exchange);
    return life.importVps(request, name, true, exchange);
  }

  private static void begin(HookExchange exchange) {
    try {
      if (!Arrays.equals(exchange.input().readNBytes(OUTLINE.length), OUTLINE)) {
        throw new VpsException(
            Code.ARCHIVE_REFUSED,
            "the checkpoint is refused",
            "what comes does not begin like one that is moved",
            "Send it again.");
      }
      exchange.output(new byte[] {WISH}, 0, 1);
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
  }

  private void remember(HookRequest.MigrateVps request, TimelineEntry past, HookExchange exchange) {
    host.find(request.name());
    begin(exchange);
    FakeArchive.Content archived;
    try {
      FakeLife.Stream stream = life.new Stream(request, exchange, hook.archiveBytes());
      archived = FakeArchive.read(FakeArchive.VPS, exchange.input(), _ -> {}, stream::done);
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
    life.commit(
        request,
        () -> {
          host.files().keep(past.checkpoint().id(), archived.files());
          host.timelines().insert(request.name(), past);
          return past;
        });
  }

  MigrationReport find(MigrationId id) {
    for (VpsReport vps : host.list()) {
      if (vps.migration().filter(known -> known.id().equals(id)).isPresent()) {
        return new MigrationReport(
            id, vps.migration().get().phase(), Optional.of(vps), Optional.empty());
      }
    }
    MigrationPhase ended = host.endedMigrations().getOrDefault(id, MigrationPhase.UNKNOWN);
    return new MigrationReport(id, ended, Optional.empty(), Optional.empty());
  }

  MigrationReport migrate(HookRequest.MigrateVps request, HookExchange exchange) {
    VpsName name = request.name();
    switch (request.step()) {
      case MigrationStep.Leave(MigrationPeer to, boolean keep) ->
          leave(request, to, keep, exchange);
      case MigrationStep.Settle _ -> settle(request, exchange);
      case MigrationStep.Lend _ -> lend(request, exchange);
      case MigrationStep.Send _ -> {
        send(request, name, required(request).checkpoint().orElseThrow(), exchange);
        life.commit(request, Done::new);
      }
      case MigrationStep.SendPast(CheckpointId past, boolean _) -> {
        required(request);
        send(request, name, past, exchange);
        life.commit(request, Done::new);
      }
      case MigrationStep.HandOver _ ->
          step(request, exchange, () -> moved(request, MigrationPhase.HANDED_OVER));
      case MigrationStep.Serve _ -> serve(request, exchange);
      case MigrationStep.Release(boolean pastIsThere) ->
          step(request, exchange, () -> release(request, pastIsThere));
      case MigrationStep.TakeBack(boolean handedOver) -> takeBack(request, handedOver, exchange);
      case MigrationStep.Arrive(MigrationPeer from, Migration.Was was) -> {
        receive(request, Optional.of(name), exchange);
        life.alive(() -> {
          Migration arriving =
              new Migration(
                  request.migration(),
                  MigrationPhase.ARRIVING,
                  from,
                  Instant.now(),
                  was,
                  false,
                  host.timelines().of(name).here());
          return host.migrating(name, Optional.of(arriving));
        });
      }
      case MigrationStep.Take _ -> take(request, exchange);
      case MigrationStep.Borrow _ -> borrow(request, exchange);
      case MigrationStep.Remember(TimelineEntry past, boolean _) ->
          remember(request, past, exchange);
      case MigrationStep.Drop _ -> drop(request, exchange);
      case MigrationStep.Forget _ ->
          life.commit(request, () -> host.endedMigrations().remove(request.migration()));
    }
    return find(request.migration());
  }

  private void leave(
      HookRequest.MigrateVps request, MigrationPeer to, boolean keep, HookExchange exchange) {
    VpsReport vps = life.alive(() -> host.claim(request.name(), request.operation()));
    try {
      life.work(request, exchange);
      life.commit(
          request,
          () ->
              host.migrating(
                  request.name(),
                  Optional.of(
                      new Migration(
                          request.migration(),
                          MigrationPhase.LEAVING,
                          to,
                          Instant.now(),
                          Migration.Was.of(vps.status()),
                          keep,
                          Optional.empty()))));
    } finally {
      life.alive(() -> host.settle(request.name(), status -> status));
    }
  }

  private void settle(HookRequest.MigrateVps request, HookExchange exchange) {
    Migration leaving = required(request);
    VpsName name = request.name();
    if (leaving.was().isAlive()) {
      life.requireNothingBlocks(name, "suspend");
    }
    life.work(request, exchange);
    life.commit(
        request,
        () -> {
          VpsStatus now = host.find(name).status();
          CheckpointReport state;
          if (now instanceof VpsStatus.Suspended(CheckpointReport in)) {
            state = in;
          } else {
            boolean hasMemory = leaving.was().isAlive();
            state = FakeTimelines.capture(hasMemory);
            CheckpointKind kind = hasMemory ? CheckpointKind.SUSPEND : CheckpointKind.MIGRATE;
            host.timelines().add(name, state, kind, hasMemory, "", "");
            if (hasMemory) {
              host.settle(name, _ -> new VpsStatus.Suspended(state));
            }
          }
          return host.migrating(name, Optional.of(leaving.with(state.id())));
        });
  }

  private void lend(HookRequest.MigrateVps request, HookExchange exchange) {
    Migration leaving = required(request);
    VpsName name = request.name();
    if (!leaving.was().isAlive()) {
      throw VpsException.wrongState(name, "migrate", leaving.was().word(), "Use the mode 'stop'.");
    }
    life.requireNothingBlocks(name, "migrate");
    life.work(request, exchange);
    life.commit(
        request,
        () -> {
          CheckpointReport state = FakeTimelines.capture(true);
          host.timelines().add(name, state, CheckpointKind.MIGRATE, true, "", "");
          host.settle(name, _ -> new VpsStatus.Paused(1, Instant.now()));
          return host.migrating(name, Optional.of(leaving.with(state.id())));
        });
  }

  /** All memory is one byte; whoever is asked for it answers, and has lent nothing any more. */
  private void serve(HookRequest.MigrateVps request, HookExchange exchange) {
    life.alive(() -> moved(request, MigrationPhase.LENT));
    try {
      life.work(request, exchange);
      if (exchange.input().read() != WISH) {
        throw FakeLife.lostCaller();
      }
      life.alive(() -> moved(request, MigrationPhase.HANDED_OVER));
      exchange.output(new byte[] {WISH}, 0, 1);
    } catch (IOException | VpsException e) {
      takeBack(request, true, exchange);
      throw e instanceof VpsException failed ? failed : FakeLife.lostCaller();
    }
    life.commit(request, Done::new);
  }

  private void borrow(HookRequest.MigrateVps request, HookExchange exchange) {
    try {
      exchange.output(new byte[] {WISH}, 0, 1);
      if (exchange.input().read() != WISH) {
        throw FakeLife.lostCaller();
      }
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
    take(request, exchange);
  }

  private void release(HookRequest.MigrateVps request, boolean pastIsThere) {
    Migration known = required(request);
    boolean hasPast =
        host.timelines().of(request.name()).checkpoints().stream()
            .anyMatch(entry -> entry.kind() == CheckpointKind.MANUAL);
    if (known.keepSource() || hasPast && !pastIsThere) {
      host.settle(request.name(), _ -> new VpsStatus.Stopped());
      moved(request, MigrationPhase.MOVED);
    } else {
      host.remove(request.name());
    }
  }

  private void takeBack(HookRequest.MigrateVps request, boolean handedOver, HookExchange exchange) {
    Migration known = required(request);
    if (known.phase() == MigrationPhase.HANDED_OVER && !handedOver) {
      throw known.refusal(request.name(), "take back");
    }
    step(
        request,
        exchange,
        () -> {
          if (known.was().isAlive()) {
            host.settle(request.name(), _ -> host.running());
          }
          host.migrating(request.name(), Optional.empty());
        });
  }

  private void take(HookRequest.MigrateVps request, HookExchange exchange) {
    if (host.endedMigrations().get(request.migration()) == MigrationPhase.OWNED) {
      return;
    }
    Migration known = required(request);
    try {
      life.work(request, exchange);
    } catch (VpsException e) {
      life.alive(() -> {
        host.endedMigrations().put(request.migration(), MigrationPhase.GIVEN_BACK);
        host.remove(request.name());
        return null;
      });
      throw e;
    }
    life.commit(
        request,
        () -> {
          host.endedMigrations().put(request.migration(), MigrationPhase.OWNED);
          host.migrating(request.name(), Optional.empty());
          return known.was().isAlive()
              ? host.settle(request.name(), _ -> host.running())
              : host.find(request.name());
        });
  }

  private void drop(HookRequest.MigrateVps request, HookExchange exchange) {
    MigrationReport known = find(request.migration());
    if (known.phase() == MigrationPhase.OWNED) {
      throw new VpsException(
          Code.WRONG_STATE,
          "cannot drop VPS '" + request.name() + "'",
          "it is this host's already",
          "Leave it where it is.");
    }
    if (known.vps().isPresent()) {
      step(request, exchange, () -> host.remove(request.name()));
    }
  }

  private void step(HookRequest.MigrateVps request, HookExchange exchange, Runnable effect) {
    required(request);
    life.work(request, exchange);
    Supplier<Done> done =
        () -> {
          effect.run();
          return new Done();
        };
    life.commit(request, done);
  }

  private VpsReport moved(HookRequest.MigrateVps request, MigrationPhase phase) {
    return host.migrating(request.name(), Optional.of(required(request).in(phase)));
  }

  private Migration required(HookRequest.MigrateVps request) {
    return host.find(request.name())
        .migration()
        .filter(known -> known.id().equals(request.migration()))
        .orElseThrow(() ->
            new VpsException(
                Code.NOT_FOUND,
                "VPS '" + request.name() + "' is in no such migration",
                "it has ended",
                "Look where the VPS is."));
  }
}
