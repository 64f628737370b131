package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Freezes a VPS in memory, and lets it run again. */
final class PauseVps {
  private final Host host;

  PauseVps(Host host) {
    this.host = host;
  }

  void pause(Vps vps, Operation operation) {
    try (Vps.Change change = vps.begin(operation.id(), JournalEntry.Kind.PAUSE, Optional.empty())) {
      if (!(vps.status() instanceof VpsStatus.Running(long initPid, var since))) {
        throw VpsException.wrongState(
            vps.spec().name(), "pause", vps.status().word(), "Only a running VPS can be paused.");
      }
      host.loadings().await(vps, operation); // what is killed while it is frozen may not die
      host.runc().pause(vps.spec().name());
      change.become(new VpsStatus.Paused(initPid, since));
      operation.succeeded();
    }
  }

  void unpause(Vps vps, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.UNPAUSE, Optional.empty())) {
      if (!(vps.status() instanceof VpsStatus.Paused(long initPid, var since))) {
        throw VpsException.wrongState(
            vps.spec().name(), "unpause", vps.status().word(), "It is not paused.");
      }
      host.runc().unpause(vps.spec().name());
      change.become(new VpsStatus.Running(initPid, since));
      operation.succeeded();
    }
  }
}
