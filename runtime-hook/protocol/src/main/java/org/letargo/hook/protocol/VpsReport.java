package org.letargo.hook.protocol;

import java.util.Optional;

/**
 * A VPS as it stands.
 *
 * @param revision grows with every change of this VPS that is reported, also over restarts of the
 *     hook; who got an answer with a revision waits for the watch to show it or a later one
 * @param memoryUsed bytes charged to it now; zero when it has no process
 * @param change the operation that is changing it at this moment
 * @param resumed how it was last brought back to life; empty if it has not been since it was last
 *     started, stopped or suspended, or the hook was
 * @param migration where it stands between two hosts; empty: it is simply here
 */
public record VpsReport(
    VpsSpec spec,
    VpsStatus status,
    DataSize memoryUsed,
    Optional<OperationId> change,
    long revision,
    Optional<Resumed> resumed,
    Optional<Migration> migration) {
  /** Of one that is simply here. */
  public VpsReport(
      VpsSpec spec,
      VpsStatus status,
      DataSize memoryUsed,
      Optional<OperationId> change,
      long revision,
      Optional<Resumed> resumed) {
    this(spec, status, memoryUsed, change, revision, resumed, Optional.empty());
  }
}
