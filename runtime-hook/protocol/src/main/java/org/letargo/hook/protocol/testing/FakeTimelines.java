package org.letargo.hook.protocol.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.letargo.hook.protocol.CheckpointDiff;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.StoreWork;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * The timelines of a host that is not there, and the store that they are in; they survive the death
 * of the fake. A first checkpoint with memory is 9 MiB, one without is 2 MiB, and one that follows
 * on another adds a sixteenth of its size to the store. All methods are synchronized.
 */
final class FakeTimelines {
  private static final DataSize MEMORY = DataSize.ofMebibytes(7);
  private static final DataSize WITH_MEMORY = DataSize.ofMebibytes(9);
  private static final DataSize WITHOUT_MEMORY = DataSize.ofMebibytes(2);
  private static final DataSize ROOM = DataSize.ofMebibytes(20 << 10);
  private static final DataSize FROZEN_BUFFER = DataSize.ofMebibytes(2 << 10);
  private static final DataSize NOTHING = DataSize.ofBytes(0);
  private static final Duration FROZEN = Duration.ofMillis(40);
  private static final int SHARED = 16;
  private static final int CHUNK_BYTES = 64 << 10;

  private final FakeFiles files;
  private final TreeMap<VpsName, Timeline> timelines = new TreeMap<>();
  private final Set<CheckpointId> damaged = new HashSet<>();
  private long deadBytes;

  FakeTimelines(FakeFiles files) {
    this.files = files;
  }

  synchronized Timeline of(VpsName name) {
    return timelines.getOrDefault(name, new Timeline(name, Optional.empty(), List.of()));
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  synchronized TimelineEntry find(VpsName name, CheckpointId id) {
    return of(name).checkpoints().stream()
        .filter(entry -> entry.checkpoint().id().equals(id))
        .findFirst()
        .orElseThrow(() -> VpsException.notFound(name, id.value()));
  }

  /** A checkpoint of this moment, in no timeline yet. */
  static CheckpointReport capture(boolean hasMemory) {
    Instant now = Instant.now();
    return new CheckpointReport(
        CheckpointId.create(now),
        now,
        hasMemory ? MEMORY : NOTHING,
        hasMemory ? WITH_MEMORY : WITHOUT_MEMORY);
  }

  /** Adds a checkpoint of the present behind "here", where the VPS is then. */
  synchronized TimelineEntry add(
      VpsName name,
      CheckpointReport checkpoint,
      CheckpointKind kind,
      boolean hasMemory,
      String label,
      String note) {
    Timeline before = of(name);
    long bytes = checkpoint.size().bytes();
    boolean leftRunning =
        switch (kind) {
          case MANUAL, SCHEDULED -> hasMemory;
          case SUSPEND, BEFORE_REWIND, IMPORT, CLONE, MIGRATE -> false;
        };
    TimelineEntry entry =
        new TimelineEntry(
            checkpoint,
            before.here(),
            kind,
            hasMemory,
            label,
            note,
            false,
            DataSize.ofBytes(before.here().isPresent() ? bytes / SHARED : bytes),
            leftRunning ? FROZEN : Duration.ZERO);
    files.keep(name, checkpoint.id());
    List<TimelineEntry> all = new ArrayList<>(before.checkpoints());
    all.add(entry);
    timelines.put(name, new Timeline(name, Optional.of(checkpoint.id()), all));
    return entry;
  }

  /** Adds an earlier one of a VPS that has come from elsewhere. */
  synchronized void insert(VpsName name, TimelineEntry past) {
    Timeline before = of(name);
    List<TimelineEntry> all = new ArrayList<>(before.checkpoints());
    all.addFirst(past);
    timelines.put(name, new Timeline(name, before.here(), all));
  }

  /** The VPS has become this checkpoint. */
  synchronized void moveTo(VpsName name, CheckpointId id) {
    timelines.put(name, new Timeline(name, Optional.of(id), of(name).checkpoints()));
    files.replace(name, files.kept(id));
  }

  /**
   * @throws VpsException NAME_TAKEN if another checkpoint of the VPS has the label
   */
  synchronized void requireFree(VpsName name, String label) {
    if (!label.isEmpty()
        && of(name).checkpoints().stream().anyMatch(entry -> entry.label().equals(label))) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot label a checkpoint of VPS '" + name + "' '" + label + "'",
          "another one of its checkpoints has that label",
          "Choose another label, or take it from that one first.");
    }
  }

  synchronized TimelineEntry mark(HookRequest.MarkCheckpoint mark) {
    TimelineEntry old = find(mark.name(), mark.checkpoint());
    mark.label()
        .filter(label -> !label.equals(old.label()))
        .ifPresent(label -> requireFree(mark.name(), label));
    replace(
        mark.name(),
        entry -> entry == old ? old.marked(mark.label(), mark.note(), mark.pinned()) : entry);
    return find(mark.name(), mark.checkpoint());
  }

  /** Those that follow on it follow on its parent then; so does the present. */
  synchronized void forget(VpsName name, CheckpointId id) {
    TimelineEntry gone = find(name, id);
    Timeline before = of(name);
    boolean wasHere = before.here().filter(id::equals).isPresent();
    timelines.put(
        name,
        new Timeline(
            name,
            wasHere ? gone.parent() : before.here(),
            before.checkpoints().stream().filter(entry -> entry != gone).toList()));
    replace(
        name,
        entry ->
            entry.parent().filter(id::equals).isPresent() ? entry.after(gone.parent()) : entry);
    deadBytes += gone.newBytes().bytes();
  }

  /** The VPS is gone, and with it its timeline. */
  synchronized void remove(VpsName name) {
    Timeline gone = timelines.remove(name);
    if (gone != null) {
      deadBytes += newBytes(gone);
    }
  }

  private void replace(VpsName name, UnaryOperator<TimelineEntry> change) {
    Timeline before = of(name);
    timelines.put(
        name,
        new Timeline(name, before.here(), before.checkpoints().stream().map(change).toList()));
  }

  /** Keeps what was found out about a checkpoint. */
  synchronized TimelineEntry verified(VpsName name, CheckpointId id, Verification found) {
    TimelineEntry old = find(name, id);
    replace(name, entry -> entry == old ? old.verified(found) : entry);
    return find(name, id);
  }

  /** From now on its bytes are not what they were. */
  synchronized void damage(VpsName name, CheckpointId id) {
    damaged.add(find(name, id).checkpoint().id());
  }

  /**
   * @throws VpsException CHECKPOINT_CORRUPT
   */
  synchronized void requireWhole(VpsName name, CheckpointId id) {
    if (damaged.contains(id)) {
      throw new VpsException(
          Code.CHECKPOINT_CORRUPT,
          "checkpoint '" + id + "' of VPS '" + name + "' is not used",
          "its bytes are not what they were",
          "See what is hit with 'letargo store check'.");
    }
  }

  /** Of files what was written; of memory that all of it is another, and of processes the first. */
  synchronized CheckpointDiff diff(HookRequest.DiffCheckpoints wanted) {
    TimelineEntry before = find(wanted.name(), wanted.checkpoint());
    TimelineEntry after = find(wanted.otherName(), wanted.other());
    requireWhole(wanted.name(), wanted.checkpoint());
    requireWhole(wanted.otherName(), wanted.other());
    boolean same = before.checkpoint().id().equals(after.checkpoint().id());
    DataSize memory = after.checkpoint().memory();
    var change =
        new CheckpointDiff.MemoryDiff(
            before.checkpoint().memory(), memory, same ? NOTHING : memory);
    List<CheckpointDiff.ProcessDiff> processes =
        same || !after.hasMemory()
            ? List.of()
            : List.of(
                new CheckpointDiff.ProcessDiff(
                    1,
                    before.hasMemory()
                        ? CheckpointDiff.ProcessChange.CHANGED
                        : CheckpointDiff.ProcessChange.NEW,
                    "init",
                    "/sbin/init",
                    "",
                    change));
    return new CheckpointDiff(
        change,
        processes,
        List.of(),
        files.diff(before.checkpoint().id(), after.checkpoint().id()),
        0);
  }

  synchronized StoreReport report() {
    List<TimelineEntry> all =
        timelines.values().stream().flatMap(line -> line.checkpoints().stream()).toList();
    long live = timelines.values().stream().mapToLong(FakeTimelines::newBytes).sum();
    return new StoreReport(
        all.size(),
        live / CHUNK_BYTES,
        DataSize.ofBytes(all.stream().mapToLong(entry -> entry.checkpoint().size().bytes()).sum()),
        DataSize.ofBytes(live + deadBytes),
        DataSize.ofBytes(deadBytes),
        NOTHING,
        ROOM,
        false,
        1,
        FROZEN_BUFFER);
  }

  private static long newBytes(Timeline timeline) {
    return timeline.checkpoints().stream().mapToLong(entry -> entry.newBytes().bytes()).sum();
  }

  synchronized StoreFindings work(StoreWork work) {
    return switch (work) {
      case CHECK, REPAIR -> {
        List<StoreFindings.DamagedCheckpoint> hit = hit();
        yield new StoreFindings(report().stored(), NOTHING, hit.size(), hit);
      }
      case COLLECT -> {
        DataSize freed = DataSize.ofBytes(deadBytes);
        deadBytes = 0;
        yield new StoreFindings(NOTHING, freed, 0, List.of());
      }
    };
  }

  private List<StoreFindings.DamagedCheckpoint> hit() {
    List<StoreFindings.DamagedCheckpoint> hit = new ArrayList<>();
    for (Map.Entry<VpsName, Timeline> line : timelines.entrySet()) {
      line.getValue().checkpoints().stream()
          .map(entry -> entry.checkpoint().id())
          .filter(damaged::contains)
          .map(id -> new StoreFindings.DamagedCheckpoint(line.getKey(), id, List.of("pages-1.img")))
          .forEach(hit::add);
    }
    return hit;
  }
}
