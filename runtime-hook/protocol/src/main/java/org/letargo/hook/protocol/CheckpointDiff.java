package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What is different between two checkpoints. Texts are the programs' choice and may hold anything;
 * long ones are cut.
 *
 * @param memory of all processes and shared memory together
 * @param processes that are different, by number
 * @param sockets that only one of the two has, by address
 * @param files that are different, by path
 * @param omitted how many more processes, sockets and files there are
 */
public record CheckpointDiff(
    MemoryDiff memory,
    List<ProcessDiff> processes,
    List<SocketDiff> sockets,
    List<FileDiff> files,
    long omitted) {
  public CheckpointDiff {
    processes = List.copyOf(processes);
    sockets = List.copyOf(sockets);
    files = List.copyOf(files);
  }

  /**
   * How memory has changed.
   *
   * @param before pages in the earlier checkpoint
   * @param after pages in the later one
   * @param changed of these, what is not as it was, counted in windows of 64 KiB
   */
  public record MemoryDiff(DataSize before, DataSize after, DataSize changed) {}

  /**
   * A process.
   *
   * @param pid as the VPS counts
   * @param name as {@code ps} shows it
   * @param program the path of what it runs; empty where nothing tells
   * @param formerProgram what it ran before; empty but for OTHER_PROGRAM
   */
  public record ProcessDiff(
      int pid,
      ProcessChange change,
      String name,
      String program,
      String formerProgram,
      MemoryDiff memory) {}

  /** What has become of a process. */
  public enum ProcessChange {
    @JsonProperty("new")
    NEW,
    @JsonProperty("gone")
    GONE,
    /** The same number, and another program. */
    @JsonProperty("other-program")
    OTHER_PROGRAM,
    /** The same program; its memory is different. */
    @JsonProperty("changed")
    CHANGED
  }

  /**
   * A socket.
   *
   * @param change ADDED or REMOVED
   * @param protocol such as {@code tcp}, {@code udp6} or {@code unix}
   * @param state {@code listening}, {@code connected} or empty
   * @param local address and port, or the name of a Unix socket
   * @param remote address and port; empty if it has none
   */
  public record SocketDiff(
      Change change, String protocol, String state, String local, String remote) {}

  /**
   * A file.
   *
   * @param path absolute, inside the VPS
   * @param before its size then; 0 if it was not there, and for what is no regular file
   * @param after its size later
   */
  public record FileDiff(String path, Change change, DataSize before, DataSize after) {}

  /** What has become of a socket or a file. */
  public enum Change {
    @JsonProperty("added")
    ADDED,
    @JsonProperty("removed")
    REMOVED,
    /** Content, owner, mode or attributes; not times alone. */
    @JsonProperty("changed")
    CHANGED
  }
}
