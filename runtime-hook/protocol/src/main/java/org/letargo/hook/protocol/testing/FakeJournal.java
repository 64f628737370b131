package org.letargo.hook.protocol.testing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;

/** What the fake knows of operations; survives its death. All methods are synchronized. */
final class FakeJournal {
  private final Map<OperationId, OperationReport> reports = new HashMap<>();
  private final Set<OperationId> committed = new HashSet<>();
  private final Set<OperationId> cancelled = new HashSet<>();

  /** Whether it is the first time that this id comes. */
  synchronized boolean begin(OperationId id) {
    return reports.putIfAbsent(id, new OperationReport.Running(Progress.phase("begin", 0))) == null;
  }

  synchronized void progress(OperationId id, Progress progress) {
    reports.put(id, new OperationReport.Running(progress));
  }

  synchronized void commit(OperationId id) {
    committed.add(id);
  }

  synchronized void succeed(OperationId id) {
    reports.put(id, new OperationReport.Succeeded());
  }

  synchronized void fail(OperationId id, VpsException why) {
    reports.put(id, new OperationReport.Failed(Failure.of(why)));
  }

  synchronized OperationReport find(OperationId id) {
    return reports.getOrDefault(id, new OperationReport.Unknown());
  }

  /** Asks it to end; no effect once it is committed or over. */
  synchronized void cancel(OperationId id) {
    switch (find(id)) {
      case OperationReport.Running _ -> cancelled.add(id);
      case OperationReport.Succeeded _, OperationReport.Failed _ -> {}
      case OperationReport.Unknown _ ->
          throw new VpsException(
              Code.NOT_FOUND,
              "cannot cancel operation " + id,
              "the hook does not know it",
              "List the operations with 'letargo ops'.");
    }
  }

  /**
   * @throws VpsException CANCELLED if it was asked to end and can
   */
  synchronized void checkCancelled(OperationId id) {
    if (cancelled.contains(id) && !committed.contains(id)) {
      throw new VpsException(
          Code.CANCELLED, "operation " + id + " ended", "it was cancelled", "Start it again.");
    }
  }

  /** What a hook does when it starts: ends what was under way, forward or back. */
  synchronized void recover() {
    VpsException why =
        new VpsException(
            Code.INTERRUPTED,
            "the operation did not end",
            "the hook died meanwhile",
            "It was rolled back; start it again.");
    reports.replaceAll((id, report) ->
        switch (report) {
          case OperationReport.Running _ ->
              committed.contains(id)
                  ? new OperationReport.Succeeded()
                  : new OperationReport.Failed(Failure.of(why));
          case OperationReport.Unknown _, OperationReport.Succeeded _, OperationReport.Failed _ ->
              report;
        });
  }
}
