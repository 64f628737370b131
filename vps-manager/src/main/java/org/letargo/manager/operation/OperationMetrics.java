package org.letargo.manager.operation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;

/** Counts ended operations by kind and outcome, with how long they took. */
public final class OperationMetrics {
  private final MeterRegistry registry;

  public OperationMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void ended(Operation operation) {
    Instant endedAt = OperationView.of(operation).endedAt().orElseThrow();
    Timer.builder("letargo.operations")
        .description("Ended operations")
        .tag("kind", operation.kind().word())
        .tag("outcome", operation.state().word())
        .register(registry)
        .record(Duration.between(operation.startedAt(), endedAt));
  }
}
