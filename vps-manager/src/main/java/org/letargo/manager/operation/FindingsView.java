package org.letargo.manager.operation;

import java.util.List;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.VpsName;

/** What work on the store found, as the API shows it; schema StoreFindings. */
public record FindingsView(
    long readBytes, long freedBytes, long damagedChunks, List<DamagedView> damaged) {
  /** A checkpoint that cannot be resumed; schema DamagedCheckpoint. */
  public record DamagedView(VpsName vps, CheckpointId checkpoint, List<String> files) {}

  static FindingsView of(StoreFindings findings) {
    return new FindingsView(
        findings.read().bytes(),
        findings.freed().bytes(),
        findings.damagedChunks(),
        findings.damaged().stream()
            .map(hit -> new DamagedView(hit.vps(), hit.checkpoint(), hit.files()))
            .toList());
  }
}
