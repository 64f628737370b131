package org.letargo.integration.conformance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Switches;
import org.letargo.integration.harness.TemplateCache;
import org.letargo.integration.harness.TestHost;

/**
 * The hosts that scenarios play on, each started when it is first wanted. Closing it ends them, and
 * fails if anything is left over on one. For one thread.
 */
final class Stage implements AutoCloseable {
  private final Instance.Options options;
  private final Map<String, Instance> instances = new HashMap<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private Stage(Instance.Options options) {
    this.options = options;
  }

  /** With the templates that ship with Letargo. */
  static Stage ordinary() {
    return new Stage(Instance.Options.DEFAULT);
  }

  /** With the template {@code apps} only, which takes minutes to build when it is not there yet. */
  static Stage withApplications() {
    return new Stage(Instance.Options.DEFAULT.withTemplates(TemplateCache.applications()));
  }

  /** Where VPSes are created. */
  Instance here() {
    return started("here", () -> Instance.start(options));
  }

  /** Another host, with the same subnet. */
  Instance another() {
    return started("another", this::startAnother);
  }

  private Instance startAnother() {
    TestHost host = TestHost.another();
    open.push(host);
    return Instance.start(options.on(host).withSubnet(here().subnet()));
  }

  /** A host whose hook refuses each checkpoint at its last moment. */
  Instance refusing() {
    return started(
        "refusing", () -> Instance.start(options.withFault("fail:suspend.before-commit")));
  }

  private Instance started(String name, Supplier<Instance> start) {
    Instance instance = instances.get(name);
    if (instance == null) {
      instance = start.get();
      open.push(instance);
      instances.put(name, instance);
    }
    return instance;
  }

  /** What hooks and managers said last. */
  String logs() {
    StringBuilder text = new StringBuilder();
    instances.forEach((name, instance) -> text.append(name).append('\n').append(instance.logs()));
    return text.toString();
  }

  /** Destroys all VPSes and fails if a trace of one is left; nothing where all is to be kept. */
  void sweep() {
    if (Switches.keep()) {
      return;
    }
    instances
        .values()
        .forEach(instance -> {
          instance.destroyAll();
          instance.sweepVpses();
        });
  }

  @Override
  public void close() {
    AssertionError first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception | AssertionError e) {
        AssertionError failure = e instanceof AssertionError said ? said : new AssertionError(e);
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
