package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Takes a checkpoint out of the timeline and the store. */
final class ForgetCheckpoint {
  private final CheckpointFiles files;
  private final Loadings loadings;

  ForgetCheckpoint(CheckpointFiles files, Loadings loadings) {
    this.files = files;
    this.loadings = loadings;
  }

  void forget(Vps vps, CheckpointId id, Operation operation) {
    try (Vps.Change _ = vps.begin(operation.id(), JournalEntry.Kind.FORGET, Optional.of(id))) {
      TimelineEntry entry = vps.timeline().get(id);
      if (entry.pinned()) {
        throw refused(vps, id, "it is pinned", "Unpin it first.");
      }
      if (vps.status() instanceof VpsStatus.Suspended(var present) && present.id().equals(id)) {
        throw refused(
            vps, id, "the VPS is suspended in it", "Resume the VPS, or rewind it, first.");
      }
      if (loadings.isFrom(vps, id)) {
        throw refused(
            vps,
            id,
            "memory of the VPS is still being loaded from it",
            "Try again when it is all there.");
      }
      operation.commit();
      Faults.at("forget.before-remove");
      files.drop(vps, id);
      Faults.at("forget.after-remove");
    }
  }

  private static VpsException refused(Vps vps, CheckpointId id, String why, String remedy) {
    return new VpsException(
        Code.WRONG_STATE,
        "cannot forget checkpoint '" + id + "' of VPS '" + vps.spec().name() + "'",
        why,
        remedy);
  }
}
