package org.letargo.hook.change;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.linux.NativeException;
import org.letargo.linux.Pidfd;

/** Stops a VPS: asks its init, waits for the grace time, kills what is left. */
final class StopVps {
  private final Host host;
  private final Stand stand;

  StopVps(Host host, Stand stand) {
    this.host = host;
    this.stand = stand;
  }

  void stop(Vps vps, Duration grace, Operation operation) {
    try (Vps.Change change = vps.begin(operation.id(), JournalEntry.Kind.STOP, Optional.empty())) {
      VpsName name = vps.spec().name();
      switch (vps.status()) {
        case VpsStatus.Running running -> ask(vps, running.initPid(), grace, operation);
        case VpsStatus.Paused paused -> {
          host.runc().unpause(name);
          ask(vps, paused.initPid(), grace, operation);
        }
        case VpsStatus.Stopped stopped ->
            throw VpsException.wrongState(name, "stop", stopped.word(), "There is nothing to do.");
        case VpsStatus.Suspended suspended ->
            throw VpsException.wrongState(
                name,
                "stop",
                suspended.word(),
                "Its memory would be lost. Resume it first, or destroy it.");
      }
      operation.phase("clean up", 90);
      stand.down(vps);
      change.become(new VpsStatus.Stopped());
      operation.succeeded();
    }
  }

  private void ask(Vps vps, long initPid, Duration grace, Operation operation) {
    if (grace.isZero()) {
      return;
    }
    operation.phase("shut down", 10);
    try (Pidfd init = Pidfd.open(initPid)) {
      host.runc()
          .signal(vps.spec().name(), host.templates().get(vps.spec().template()).stopSignal());
      init.awaitExit(grace);
    } catch (NativeException e) {
      // it has ended already
    }
  }
}
