package org.letargo.archive.diff;

/**
 * A process that is not in one of two checkpoints as it is in the other.
 *
 * @param pid as the VPS counts
 * @param kind what has become of it
 * @param name as {@code ps} shows it, later if it is still there; the program's choice, any text
 * @param program the path of what it runs, later if it is still there; empty where nothing tells
 * @param formerProgram what it ran before; empty but for OTHER_PROGRAM
 * @param memory how its memory has changed
 */
public record ProcessChange(
    int pid, Kind kind, String name, String program, String formerProgram, MemoryChange memory) {
  /** What has become of a process. */
  public enum Kind {
    NEW,
    GONE,
    /** The same number, and another program: by exec, or the number was given again. */
    OTHER_PROGRAM,
    /** The same program; its memory is different. */
    CHANGED
  }
}
