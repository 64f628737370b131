package org.letargo.integration.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * Hosts on one segment, each with a Letargo of its own, and each the peer of each other. They are
 * called {@code host-a}, {@code host-b} and so on. Kernel, processes and folders are one machine's.
 */
public final class PeerGroup implements AutoCloseable {
  private final Instance.Options options;
  private final Segment segment = new Segment();
  private final List<TestHost> hosts = new ArrayList<>();
  private final List<Instance> instances = new ArrayList<>();

  private PeerGroup(Instance.Options options) {
    this.options = options;
  }

  /** So many. */
  public static PeerGroup of(int count) {
    return of(count, Instance.Options.DEFAULT);
  }

  /** The same, started in a way of their own. */
  public static PeerGroup of(int count, Instance.Options options) {
    PeerGroup group = new PeerGroup(options);
    try {
      for (int i = 0; i < count; i++) {
        group.add();
      }
      return group;
    } catch (AssertionError | RuntimeException e) {
      try {
        group.close();
      } catch (AssertionError | RuntimeException further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  private void add() {
    TestHost host = TestHost.another();
    hosts.add(host);
    Instance added = Instance.start(options.on(host).withSubnet(segment.subnet()));
    segment.join(added);
    for (Instance known : instances) {
      String token = letargo(known, "peer", "token").strip();
      letargo(
          added,
          "peer",
          "add",
          name(known),
          known.peerUrl(),
          "--token",
          token,
          "--as",
          nameOf(instances.size()));
    }
    instances.add(added);
  }

  /** Runs the command line, which must succeed; its output. */
  public static String letargo(Instance instance, String... line) {
    HostCommand.Result result = instance.cli().run(line);
    if (result.status() != 0) {
      throw new AssertionError(String.join(" ", line) + ": " + result.errors());
    }
    return result.output();
  }

  public Instance get(int index) {
    return instances.get(index);
  }

  /** What the others call it. */
  public String name(Instance instance) {
    return nameOf(instances.indexOf(instance));
  }

  private static String nameOf(int index) {
    return "host-" + (char) ('a' + index);
  }

  public List<Instance> all() {
    return List.copyOf(instances);
  }

  public Segment segment() {
    return segment;
  }

  /** What all of them said last. */
  public String logs() {
    StringBuilder all = new StringBuilder();
    instances.forEach(instance -> all.append(instance.logs()));
    return all.toString();
  }

  @Override
  public void close() {
    AssertionError failure = null;
    for (Instance instance : instances) {
      try {
        instance.close();
      } catch (AssertionError e) {
        failure = e;
      }
    }
    if (!Switches.keep()) {
      hosts.forEach(TestHost::close);
      segment.close();
    }
    if (failure != null) {
      throw failure;
    }
  }
}
