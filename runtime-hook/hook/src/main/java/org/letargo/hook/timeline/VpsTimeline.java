package org.letargo.hook.timeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * The timeline of one VPS, in a file of its folder ({@code timeline.json}). A checkpoint that
 * stands in no timeline belongs to nobody and leaves the store; so it is entered here after it was
 * committed there, and leaves here before it is removed there. All methods may be called by any
 * thread; each change is durable when it returns.
 */
public final class VpsTimeline {
  private final VpsName vps;
  private final Path file;

  /** Guarded by this. */
  private Timeline now;

  private boolean ended;

  /**
   * Reads the file; a VPS without one has no checkpoints.
   *
   * @throws VpsException INTERNAL if the file is damaged
   */
  public VpsTimeline(VpsName vps, Path file) {
    this.vps = vps;
    this.file = file;
    this.now =
        DurableFiles.readJson(file, Timeline.class)
            .map(read -> new Timeline(vps, read.here(), read.checkpoints())) // it may be renamed
            .orElseGet(() -> new Timeline(vps, Optional.empty(), List.of()));
  }

  /** As it is. */
  public synchronized Timeline now() {
    return now;
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  public synchronized TimelineEntry get(CheckpointId id) {
    return find(id)
        .orElseThrow(() ->
            new VpsException(
                Code.NOT_FOUND,
                "VPS '" + vps + "' has no checkpoint '" + id + "'",
                "it is not in its timeline",
                "List them with 'letargo timeline " + vps + "'."));
  }

  /** The checkpoint of this id, if it is in the timeline. */
  public synchronized Optional<TimelineEntry> find(CheckpointId id) {
    return now.checkpoints().stream()
        .filter(entry -> entry.checkpoint().id().equals(id))
        .findFirst();
  }

  /** Which checkpoint the present follows on. */
  public synchronized Optional<CheckpointId> here() {
    return now.here();
  }

  /**
   * Enters a checkpoint that the store has; the present follows on it.
   *
   * @throws VpsException NAME_TAKEN if another has its label
   */
  public synchronized void add(TimelineEntry entry) {
    requireFree(entry.label(), entry.checkpoint().id());
    List<TimelineEntry> entries = new ArrayList<>(now.checkpoints());
    entries.add(entry);
    write(Optional.of(entry.checkpoint().id()), entries);
  }

  /**
   * Enters an earlier checkpoint of a VPS that has moved here, in the order of time; "here" stays.
   *
   * @param isParent whether the state in which the VPS came follows on it; where that is not kept,
   *     the present does
   * @throws VpsException NAME_TAKEN if another has its label
   */
  public synchronized void insert(TimelineEntry past, boolean isParent) {
    requireFree(past.label(), past.checkpoint().id());
    CheckpointId id = past.checkpoint().id();
    List<TimelineEntry> entries = new ArrayList<>(now.checkpoints());
    Optional<TimelineEntry> arrival =
        entries.stream()
            .filter(entry -> entry.kind() == CheckpointKind.MIGRATE && entry.parent().isEmpty())
            .reduce((_, last) -> last);
    if (isParent && arrival.isPresent()) {
      entries.replaceAll(entry -> entry == arrival.get() ? entry.after(Optional.of(id)) : entry);
    }
    int place = 0;
    while (place < entries.size() && entries.get(place).checkpoint().id().compareTo(id) < 0) {
      place++;
    }
    entries.add(place, past.after(past.parent().filter(parent -> find(parent).isPresent())));
    write(now.here().or(() -> Optional.of(id).filter(_ -> isParent)), entries);
  }

  /**
   * The present follows on this one from now on.
   *
   * @throws VpsException NOT_FOUND
   */
  public synchronized void moveTo(CheckpointId id) {
    get(id);
    write(Optional.of(id), now.checkpoints());
  }

  /**
   * Changes what people wrote on a checkpoint.
   *
   * @return as it is then
   * @throws VpsException NOT_FOUND, or NAME_TAKEN if another has the label
   */
  public synchronized TimelineEntry mark(
      CheckpointId id, Optional<String> label, Optional<String> note, Optional<Boolean> pinned) {
    TimelineEntry old = get(id);
    label.ifPresent(text -> requireFree(text, id));
    TimelineEntry changed = old.marked(label, note, pinned);
    write(now.here(), map(entry -> entry == old ? changed : entry));
    return changed;
  }

  /**
   * Keeps what was found out about a checkpoint.
   *
   * @return as it is then
   * @throws VpsException NOT_FOUND if it was forgotten meanwhile
   */
  public synchronized TimelineEntry verified(CheckpointId id, Verification found) {
    TimelineEntry old = get(id);
    TimelineEntry changed = old.verified(found);
    write(now.here(), map(entry -> entry == old ? changed : entry));
    return changed;
  }

  /**
   * Takes a checkpoint out; those that follow on it follow on its parent from now on, and so does
   * the present.
   *
   * @throws VpsException NOT_FOUND
   */
  public synchronized void remove(CheckpointId id) {
    TimelineEntry gone = get(id);
    List<TimelineEntry> entries =
        map(entry -> entry.parent().equals(Optional.of(id)) ? entry.after(gone.parent()) : entry);
    entries.remove(gone);
    write(now.here().equals(Optional.of(id)) ? gone.parent() : now.here(), entries);
  }

  /**
   * @throws VpsException NAME_TAKEN if another checkpoint than this has the label
   */
  public synchronized void requireFree(String label, CheckpointId own) {
    now.checkpoints().stream()
        .filter(entry -> !label.isEmpty() && entry.label().equals(label))
        .filter(entry -> !entry.checkpoint().id().equals(own))
        .findFirst()
        .ifPresent(other -> {
          throw new VpsException(
              Code.NAME_TAKEN,
              "cannot use label '" + label + "'",
              "checkpoint " + other.checkpoint().id() + " of VPS '" + vps + "' has it",
              "Choose another label, or change that one's first.");
        });
  }

  private List<TimelineEntry> map(UnaryOperator<TimelineEntry> change) {
    return new ArrayList<>(now.checkpoints().stream().map(change).toList());
  }

  /** The VPS is gone: nothing is written any more, for another one may have the name. */
  public synchronized void end() {
    ended = true;
  }

  private void write(Optional<CheckpointId> here, List<TimelineEntry> entries) {
    if (ended) {
      throw VpsException.notFound(vps);
    }
    Timeline next = new Timeline(vps, here, entries);
    DurableFiles.writeJson(file, next);
    now = next;
  }
}
