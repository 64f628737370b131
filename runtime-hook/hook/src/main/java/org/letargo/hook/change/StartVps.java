package org.letargo.hook.change;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Starts a stopped VPS. If a step fails, it is stopped again and nothing is left. */
final class StartVps {
  private final Host host;
  private final Stand stand;
  private final ExitWatch exits;

  StartVps(Host host, Stand stand, ExitWatch exits) {
    this.host = host;
    this.stand = stand;
    this.exits = exits;
  }

  void start(Vps vps, Operation operation) {
    try (Vps.Change change = vps.begin(operation.id(), JournalEntry.Kind.START, Optional.empty())) {
      requireStopped(vps);
      try {
        long initPid = bringUp(vps, operation);
        change.become(new VpsStatus.Running(initPid, Instant.now()));
        exits.watch(vps, initPid);
        operation.succeeded();
      } catch (RuntimeException e) {
        stand.down(vps);
        change.become(new VpsStatus.Stopped());
        throw e;
      }
    }
  }

  private long bringUp(Vps vps, Operation operation) {
    VpsSpec spec = vps.spec();
    operation.phase("prepare", 10);
    stand.down(vps); // a VPS that died with its hook may have left something
    stand.up(vps);
    stand.publishPorts(); // somebody may have flushed the host's rules
    host.cgroups().prepareCreate(vps.stored());
    operation.phase("create", 30);
    Faults.at("start.before-create");
    long initPid;
    try (var _ = host.relay().expect(spec.name(), (stage, pid) -> plug(spec, stage, pid))) {
      initPid = host.conmon().create(vps.folder());
    }
    Faults.at("start.after-create");
    host.cgroups().delegate(vps.stored());
    operation.commit();
    operation.phase("start", 80);
    host.runc().start(spec.name());
    host.network().raise(spec);
    Faults.at("start.after-start");
    return initPid;
  }

  private void plug(VpsSpec spec, String stage, long pid) {
    if (stage.equals("createRuntime")) {
      host.network().plug(spec, pid);
    }
  }

  private static void requireStopped(Vps vps) {
    VpsStatus status = vps.status();
    switch (status) {
      case VpsStatus.Stopped _ -> {}
      case VpsStatus.Suspended _ ->
          throw VpsException.wrongState(
              vps.spec().name(),
              "start",
              status.word(),
              "Bring it back with 'letargo resume " + vps.spec().name() + "'.");
      case VpsStatus.Running _, VpsStatus.Paused _ ->
          throw VpsException.wrongState(
              vps.spec().name(), "start", status.word(), "There is nothing to do.");
    }
  }
}
