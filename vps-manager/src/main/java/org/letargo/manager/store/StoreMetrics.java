package org.letargo.manager.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.VpsException;

/** The store in the metrics: asked of the hook once for all values of a scrape. */
public final class StoreMetrics {
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final HookClient hook;
  private final BooleanSupplier connected;

  /** Guarded by this; empty while the hook is away. */
  private Optional<StoreReport> last = Optional.empty();

  private long askedNanos = System.nanoTime() - FRESH.toNanos();

  private StoreMetrics(HookClient hook, BooleanSupplier connected) {
    this.hook = hook;
    this.connected = connected;
  }

  /**
   * Adds its values; they are not numbers while the hook is away.
   *
   * @param connected whether it is worth asking the hook
   */
  public static void addTo(MeterRegistry metrics, HookClient hook, BooleanSupplier connected) {
    StoreMetrics store = new StoreMetrics(hook, connected);
    store.add(metrics, "checkpoints", "Checkpoints in the store", StoreReport::checkpoints);
    store.add(
        metrics,
        "content.bytes",
        "What all checkpoints would take if each were kept alone",
        report -> report.content().bytes());
    store.add(
        metrics, "stored.bytes", "What the store takes on disk", report -> report.stored().bytes());
    store.add(
        metrics,
        "dead.bytes",
        "What of the store nothing needs any more",
        report -> report.dead().bytes());
    store.add(
        metrics,
        "room.bytes",
        "What may still come before the store or its disk is full",
        report -> report.room().bytes());
  }

  private void add(
      MeterRegistry metrics, String name, String description, ToDoubleFunction<StoreReport> value) {
    Gauge.builder(
            "letargo.store." + name,
            this,
            store -> store.report().map(value::applyAsDouble).orElse(Double.NaN))
        .description(description)
        .strongReference(true)
        .register(metrics);
  }

  private synchronized Optional<StoreReport> report() {
    if (System.nanoTime() - askedNanos >= FRESH.toNanos()) {
      last = ask();
      askedNanos = System.nanoTime();
    }
    return last;
  }

  private Optional<StoreReport> ask() {
    if (!connected.getAsBoolean()) {
      return Optional.empty();
    }
    try {
      return Optional.of(hook.call(new HookRequest.DescribeStore()));
    } catch (VpsException away) { // the metric of the hook says so
      return Optional.empty();
    }
  }
}
