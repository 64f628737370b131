package org.letargo.manager.store;

import java.util.Optional;
import org.letargo.hook.protocol.StoreReport;

/** The store as the API shows it; schema Store. */
record StoreView(
    int checkpoints,
    long chunks,
    long contentBytes,
    long storedBytes,
    long deadBytes,
    Optional<Long> budgetBytes,
    long roomBytes,
    boolean encrypted,
    int zstdLevel,
    long frozenBufferBytes) {
  static StoreView of(StoreReport report) {
    return new StoreView(
        report.checkpoints(),
        report.chunks(),
        report.content().bytes(),
        report.stored().bytes(),
        report.dead().bytes(),
        Optional.of(report.budget().bytes()).filter(bytes -> bytes > 0),
        report.room().bytes(),
        report.encrypted(),
        report.zstdLevel(),
        report.frozenBuffer().bytes());
  }
}
