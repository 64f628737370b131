package org.letargo.manager.timeline;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointDiff;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.VpsName;

/** What is different between two checkpoints as the API shows it; schema Diff. */
record DiffView(
    Place before,
    Place after,
    MemoryView memory,
    List<ProcessView> processes,
    List<SocketView> sockets,
    List<FileView> files,
    long omitted) {
  /** Schema DiffPlace. */
  record Place(VpsName vps, CheckpointId checkpoint) {}

  /** Schema MemoryDiff. */
  record MemoryView(long beforeBytes, long afterBytes, long changedBytes) {
    static MemoryView of(CheckpointDiff.MemoryDiff memory) {
      return new MemoryView(
          memory.before().bytes(), memory.after().bytes(), memory.changed().bytes());
    }
  }

  /** Schema ProcessDiff. */
  record ProcessView(
      int pid,
      CheckpointDiff.ProcessChange change,
      String name,
      Optional<String> program,
      Optional<String> formerProgram,
      MemoryView memory) {
    static ProcessView of(CheckpointDiff.ProcessDiff process) {
      return new ProcessView(
          process.pid(),
          process.change(),
          process.name(),
          given(process.program()),
          given(process.formerProgram()),
          MemoryView.of(process.memory()));
    }
  }

  /** Schema SocketDiff. */
  record SocketView(
      CheckpointDiff.Change change,
      String protocol,
      Optional<String> state,
      String local,
      Optional<String> remote) {
    static SocketView of(CheckpointDiff.SocketDiff socket) {
      return new SocketView(
          socket.change(),
          socket.protocol(),
          given(socket.state()),
          socket.local(),
          given(socket.remote()));
    }
  }

  /** Schema FileDiff. */
  record FileView(String path, CheckpointDiff.Change change, long beforeBytes, long afterBytes) {
    static FileView of(CheckpointDiff.FileDiff file) {
      return new FileView(file.path(), file.change(), file.before().bytes(), file.after().bytes());
    }
  }

  static DiffView of(Place before, Place after, CheckpointDiff diff) {
    return new DiffView(
        before,
        after,
        MemoryView.of(diff.memory()),
        diff.processes().stream().map(ProcessView::of).toList(),
        diff.sockets().stream().map(SocketView::of).toList(),
        diff.files().stream().map(FileView::of).toList(),
        diff.omitted());
  }

  private static Optional<String> given(String text) {
    return Optional.of(text).filter(some -> !some.isEmpty());
  }
}
