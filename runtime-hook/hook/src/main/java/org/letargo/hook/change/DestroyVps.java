package org.letargo.hook.change;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Removes a VPS with everything. From the rename of its folder on it is gone. */
final class DestroyVps {
  private static final String PREFIX = ".destroying-";
  private static final Pattern LEAVING =
      Pattern.compile(Pattern.quote(PREFIX) + ".*-(op-[0-9a-f]{12})");

  private final Host host;
  private final Stand stand;
  private final CheckpointFiles files;

  DestroyVps(Host host, Stand stand, CheckpointFiles files) {
    this.host = host;
    this.stand = stand;
    this.files = files;
  }

  void destroy(Vps vps, Operation operation) {
    destroy(vps, vps.begin(operation.id(), JournalEntry.Kind.DESTROY, Optional.empty()), operation);
  }

  /** Removes one that is not this host's any more, or does not become it. */
  void destroy(Vps vps, MigrationId migration, Operation operation) {
    destroy(
        vps,
        vps.begin(operation.id(), JournalEntry.Kind.DESTROY, Optional.empty(), migration),
        operation);
  }

  private void destroy(Vps vps, Vps.Change begun, Operation operation) {
    try (Vps.Change change = begun) {
      operation.commit();
      operation.phase("stop", 10);
      Faults.at("destroy.begin");
      finish(vps, operation.id(), operation::succeeded);
      change.folderIsGone();
    }
    stand.publishPorts();
  }

  /** Whose leaving a folder of this name is, which was not removed to its end. */
  static Optional<OperationId> operationOf(String folder) {
    Matcher leaving = LEAVING.matcher(folder);
    return leaving.matches() ? Optional.of(new OperationId(leaving.group(1))) : Optional.empty();
  }

  /**
   * The rest of it, also for one that was interrupted.
   *
   * @param gone keeps that it has succeeded; its folder has its name while that is not known
   */
  void finish(Vps vps, OperationId operation, Runnable gone) {
    stand.down(vps);
    Faults.at("destroy.after-stop");
    Path state = vps.folder().state();
    Path leaving = state.resolveSibling(PREFIX + vps.spec().name() + "-" + operation);
    DurableFiles.rename(state, leaving);
    vps.timeline().end(); // before another VPS can have the name
    host.vpses().remove(vps.spec().name());
    Faults.at("destroy.after-rename");
    vps.timeline().now().checkpoints().forEach(entry -> files.forget(entry.checkpoint().id()));
    gone.run();
    DurableFiles.deleteTree(leaving);
  }
}
