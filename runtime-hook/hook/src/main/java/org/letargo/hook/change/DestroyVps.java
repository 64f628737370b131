package org.letargo.hook.change;

import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Removes a VPS with everything. From the rename of its folder on it is gone. */
final class DestroyVps {
  static final String PREFIX = ".destroying-";

  private final Host host;
  private final Stand stand;

  DestroyVps(Host host, Stand stand) {
    this.host = host;
    this.stand = stand;
  }

  void destroy(Vps vps, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.DESTROY, Optional.empty())) {
      operation.commit();
      operation.phase("stop", 10);
      Faults.at("destroy.begin");
      finish(vps, operation.id().value());
      change.folderIsGone();
    }
    stand.publishPorts();
  }

  /** The rest of it, also for one that was interrupted. */
  void finish(Vps vps, String unique) {
    stand.down(vps);
    Faults.at("destroy.after-stop");
    Path state = vps.folder().state();
    Path leaving = state.resolveSibling(PREFIX + vps.spec().name() + "-" + unique);
    DurableFiles.rename(state, leaving);
    host.vpses().remove(vps.spec().name());
    Faults.at("destroy.after-rename");
    DurableFiles.deleteTree(leaving);
  }
}
