package org.letargo.manager.timeline;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/** Looks at timelines, and changes what people wrote on checkpoints. Its methods block. */
public final class Checkpoints {
  private static final int SHOWN = 3;

  private final HookClient hook;

  public Checkpoints(HookClient hook) {
    this.hook = hook;
  }

  /**
   * @throws VpsException NOT_FOUND, HOOK_UNREACHABLE
   */
  public Timeline timeline(VpsName vps) {
    return hook.call(new HookRequest.ListCheckpoints(vps));
  }

  /**
   * The checkpoint that is meant by an id, the beginning of one, or a label. A label begins with a
   * letter and an id with a digit, so no word is both.
   *
   * @throws VpsException NOT_FOUND; INVALID_REQUEST if several begin like that; HOOK_UNREACHABLE
   */
  public TimelineEntry find(VpsName vps, String word) {
    return find(timeline(vps), word);
  }

  static TimelineEntry find(Timeline timeline, String word) {
    if (word.isEmpty()) { // also the label of those that have none
      throw VpsException.notFound(timeline.vps(), word);
    }
    List<TimelineEntry> meant =
        timeline.checkpoints().stream()
            .filter(entry ->
                entry.label().equals(word) || entry.checkpoint().id().value().startsWith(word))
            .toList();
    return switch (meant.size()) {
      case 0 -> throw VpsException.notFound(timeline.vps(), word);
      case 1 -> meant.getFirst();
      default -> throw ambiguous(timeline.vps(), word, meant);
    };
  }

  private static VpsException ambiguous(VpsName vps, String word, List<TimelineEntry> meant) {
    List<String> ids =
        meant.stream().limit(SHOWN).map(entry -> entry.checkpoint().id().value()).toList();
    String more = meant.size() > SHOWN ? ", ..." : "";
    return new VpsException(
        Code.INVALID_REQUEST,
        "checkpoint " + VpsException.quoted(word) + " of VPS '" + vps + "' is not clear",
        meant.size() + " begin like that: " + String.join(", ", ids) + more,
        "Give more of the id, or a label.");
  }

  /**
   * What is different between two checkpoints.
   *
   * @param word the earlier one, of the VPS {@code vps}
   * @param otherWord the later one; empty: the one that the other VPS follows on now
   * @throws VpsException NOT_FOUND, INVALID_REQUEST, CHECKPOINT_CORRUPT, HOOK_UNREACHABLE
   */
  DiffView diff(VpsName vps, String word, VpsName otherVps, Optional<String> otherWord) {
    CheckpointId before = find(vps, word).checkpoint().id();
    Timeline other = timeline(otherVps);
    CheckpointId after =
        otherWord
            .map(given -> find(other, given).checkpoint().id())
            .or(other::here)
            .orElseThrow(() -> VpsException.notFound(otherVps, "now"));
    return DiffView.of(
        new DiffView.Place(vps, before),
        new DiffView.Place(otherVps, after),
        hook.call(new HookRequest.DiffCheckpoints(vps, before, otherVps, after)));
  }

  /**
   * Changes what people wrote on it; what is empty stays.
   *
   * @throws VpsException NOT_FOUND, NAME_TAKEN for a label that another one has, HOOK_UNREACHABLE
   */
  TimelineEntry mark(
      VpsName vps,
      CheckpointId checkpoint,
      Optional<String> label,
      Optional<String> note,
      Optional<Boolean> pinned) {
    return hook.call(new HookRequest.MarkCheckpoint(vps, checkpoint, label, note, pinned));
  }
}
