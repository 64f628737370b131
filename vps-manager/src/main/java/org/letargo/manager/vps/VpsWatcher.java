package org.letargo.manager.vps;

import java.time.Duration;
import java.util.List;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registry like the hook, on a thread of its own; connects again when the hook is away.
 */
public final class VpsWatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VpsWatcher.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LAST_RETRY = Duration.ofSeconds(2);

  private final HookClient hook;
  private final VpsRegistry registry;
  private final Thread thread;
  private volatile boolean closed;

  private VpsWatcher(HookClient hook, VpsRegistry registry) {
    this.hook = hook;
    this.registry = registry;
    this.thread = Thread.ofVirtual().name("vps-watcher").unstarted(this::watch);
  }

  /** Starts to watch. */
  public static VpsWatcher start(HookClient hook, VpsRegistry registry) {
    VpsWatcher watcher = new VpsWatcher(hook, registry);
    watcher.thread.start();
    return watcher;
  }

  private void watch() {
    Duration retry = FIRST_RETRY;
    while (!closed) {
      try (HookStream<Done> stream = hook.open(new HookRequest.WatchVps())) {
        // The watch is open before the list is asked for: whatever goes away after the list was
        // made
        // is told by the watch, and whatever went away before is not in the list.
        List<VpsReport> all = hook.call(new HookRequest.ListVps()).vpses();
        registry.replaceAll(all);
        LOG.info("the hook is there, with {} VPSes", all.size());
        retry = FIRST_RETRY;
        follow(stream);
      } catch (VpsException e) {
        if (registry.connected() && !closed) {
          LOG.warn("{}, trying again", e.getMessage());
        }
      }
      registry.disconnected();
      pause(retry);
      retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
    }
  }

  private void follow(HookStream<Done> stream) {
    while (true) {
      switch (stream.next()) {
        case Item.Event<Done>(VpsEvent event) -> registry.apply(event);
        case Item.Finished<Done> _ -> {
          return;
        }
        case Item.Progressed<Done>(Progress _), Item.Output<Done> _, Item.ErrorOutput<Done> _ -> {}
      }
    }
  }

  private void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the watch and waits for its thread. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
