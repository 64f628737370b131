package org.letargo.hook.protocol;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A checkpoint as a part of a VPS's history.
 *
 * @param parent the checkpoint that it follows on and that is still there; empty for a first one
 * @param hasMemory whether the VPS goes on running from it; otherwise it starts from its disk
 * @param label a short name that people give; empty if they gave none
 * @param note longer text, for people; may be empty
 * @param pinned whether no rule and no person may forget it until it is unpinned
 * @param newBytes what the store grew by when it was taken
 * @param frozen how long the VPS stood still; zero if it had no process, or stopped with it
 * @param verification whether it can be restored; empty if nobody has tried
 */
public record TimelineEntry(
    CheckpointReport checkpoint,
    Optional<CheckpointId> parent,
    CheckpointKind kind,
    boolean hasMemory,
    String label,
    String note,
    boolean pinned,
    DataSize newBytes,
    Duration frozen,
    Optional<Verification> verification) {
  /** A note is never longer, in characters. */
  public static final int MAX_NOTE = 1000;

  private static final Pattern LABEL = Pattern.compile("|[A-Za-z][A-Za-z0-9._-]{0,39}");

  /**
   * @throws VpsException INVALID_REQUEST if label or note has another form
   */
  public TimelineEntry {
    requireLabel(label);
    requireNote(note);
  }

  /** One that nobody has verified. */
  public TimelineEntry(
      CheckpointReport checkpoint,
      Optional<CheckpointId> parent,
      CheckpointKind kind,
      boolean hasMemory,
      String label,
      String note,
      boolean pinned,
      DataSize newBytes,
      Duration frozen) {
    this(
        checkpoint,
        parent,
        kind,
        hasMemory,
        label,
        note,
        pinned,
        newBytes,
        frozen,
        Optional.empty());
  }

  /** One that nobody has written on or verified, of a VPS that did not stand still for it. */
  public static TimelineEntry plain(
      CheckpointReport checkpoint,
      Optional<CheckpointId> parent,
      CheckpointKind kind,
      boolean hasMemory,
      DataSize newBytes) {
    return new TimelineEntry(
        checkpoint, parent, kind, hasMemory, "", "", false, newBytes, Duration.ZERO);
  }

  /**
   * The same as another host keeps it, where nobody has verified it.
   *
   * @param grown what its store grew by
   */
  public TimelineEntry as(CheckpointReport there, boolean memory, DataSize grown) {
    return new TimelineEntry(
        there, parent, kind, memory, label, note, pinned, grown, frozen, Optional.empty());
  }

  /** The same after another one. */
  public TimelineEntry after(Optional<CheckpointId> other) {
    return new TimelineEntry(
        checkpoint, other, kind, hasMemory, label, note, pinned, newBytes, frozen, verification);
  }

  /**
   * The same with other words on it; what is empty stays.
   *
   * @throws VpsException INVALID_REQUEST if label or note has another form
   */
  public TimelineEntry marked(
      Optional<String> newLabel, Optional<String> newNote, Optional<Boolean> pin) {
    return new TimelineEntry(
        checkpoint,
        parent,
        kind,
        hasMemory,
        newLabel.orElse(label),
        newNote.orElse(note),
        pin.orElse(pinned),
        newBytes,
        frozen,
        verification);
  }

  /** The same, and what was found out. */
  public TimelineEntry verified(Verification found) {
    return new TimelineEntry(
        checkpoint,
        parent,
        kind,
        hasMemory,
        label,
        note,
        pinned,
        newBytes,
        frozen,
        Optional.of(found.after(verification)));
  }

  /**
   * @throws VpsException INVALID_REQUEST if it is none
   */
  public static void requireLabel(String label) {
    if (!LABEL.matcher(label).matches()) {
      throw VpsException.invalid(
          "label " + VpsException.quoted(label),
          "a label is a letter and up to 39 letters, digits, '.', '_' and '-'",
          "Shorten it; a note ('--note') takes any text.");
    }
  }

  /**
   * @throws VpsException INVALID_REQUEST if it is none
   */
  public static void requireNote(String note) {
    if (note.length() > MAX_NOTE || note.chars().anyMatch(Character::isISOControl)) {
      throw VpsException.invalid(
          "note of " + note.length() + " characters",
          "a note has at most " + MAX_NOTE + " characters and no control characters",
          "Shorten it.");
    }
  }
}
