package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.timeline.VpsTimeline;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/**
 * Makes a VPS out of a checkpoint that the store has and no VPS owns yet: suspended in it if it has
 * memory, else stopped. Its folder gets its name when it is complete; if it does not come to that,
 * nothing of it is left, the checkpoint neither.
 */
final class NewVps {
  private final Host host;
  private final Stand stand;
  private final CheckpointFiles files;

  NewVps(Host host, Stand stand, CheckpointFiles files) {
    this.host = host;
    this.files = files;
    this.stand = stand;
  }

  /**
   * What to make.
   *
   * @param prefix of the folder's name until it is complete
   * @param stored name, address, ids: reserved for it
   * @param entry its first checkpoint
   */
  record Plan(String prefix, JournalEntry.Kind kind, StoredVps stored, TimelineEntry entry) {
    private boolean isClone() {
      return kind == JournalEntry.Kind.CLONE;
    }
  }

  /** Changes the disk before anybody sees the VPS. */
  interface DiskChange {
    void apply(VpsFolder unfinished) throws IOException;
  }

  Vps make(Plan plan, Operation operation, DiskChange change) throws IOException {
    StoredVps stored = plan.stored;
    VpsFolder folder = VpsFolder.of(host.configuration(), stored.spec().name());
    Path making = folder.state().resolveSibling(plan.prefix + operation.id());
    CheckpointId id = plan.entry.checkpoint().id();
    boolean made = false;
    try {
      DurableFiles.folder(making, "rwx------");
      VpsFolder unfinished = folder.at(making);
      VpsStatus status = status(plan);
      try (StoredCheckpoint checkpoint = host.store().checkpoints().read(id.value())) {
        VpsDisk.restore(unfinished, stored, checkpoint);
      }
      change.apply(unfinished);
      DiskState.nowAt(unfinished, id);
      new VpsTimeline(stored.spec().name(), unfinished.timeline()).add(plan.entry);
      unfinished.writeStatus(status);
      unfinished.writeSpec(stored);
      unfinished.writeJournal(new JournalEntry(operation.id(), plan.kind, Optional.empty()));
      Faults.at(plan.isClone() ? "clone.before-rename" : "import.before-rename");
      operation.commit();
      DurableFiles.rename(making, folder.state());
      Faults.at(plan.isClone() ? "clone.after-rename" : "import.after-rename");
      made = true;
      if (!plan.isClone()) {
        operation.succeeded(); // a clone has to run yet
      }
      folder.clearJournal(); // before anybody can see the VPS and begin a change of it
      Vps vps = host.vpses().add(folder, stored, status);
      stand.publishPorts();
      return vps;
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileImporting(e);
    } finally {
      if (!made) {
        files.forget(id);
      }
      DurableFiles.deleteTree(making);
    }
  }

  private static VpsStatus status(Plan plan) {
    return plan.entry.hasMemory()
        ? new VpsStatus.Suspended(plan.entry.checkpoint())
        : new VpsStatus.Stopped();
  }
}
