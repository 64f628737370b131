package org.letargo.integration.harness;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A segment of a network between hosts, with a client on it: the bridges of their VPSes are plugged
 * into one switch, as they are where an administrator adds a network card to each. Close it after
 * the instances.
 */
public final class Segment implements AutoCloseable {
  private static final String SWITCH = "switch0";
  private static final int CLIENT = 200;

  private static final AtomicInteger CABLES = new AtomicInteger();

  private final TestHost host = TestHost.another();
  private final String subnet = Chance.subnet();

  /** An empty one. */
  public Segment() {
    host.run("ip", "link", "add", SWITCH, "type", "bridge");
    host.run("ip", "addr", "add", clientAddress() + "/24", "dev", SWITCH);
    host.run("ip", "link", "set", SWITCH, "up");
  }

  /** Of all instances that are joined. */
  public String subnet() {
    return subnet;
  }

  private String clientAddress() {
    return subnet.replaceFirst("[0-9]+/24$", String.valueOf(CLIENT));
  }

  /** The same segment for all; it is another host's, so its bridge has got no cable yet. */
  public void join(Instance instance) {
    int number = CABLES.incrementAndGet();
    String here = "up" + ProcessHandle.current().pid() + "n" + number;
    String there = "port" + number;
    HostCommand.run(
        "ip",
        "link",
        "add",
        here,
        "netns",
        String.valueOf(instance.host().pid()),
        "type",
        "veth",
        "peer",
        "name",
        there,
        "netns",
        String.valueOf(host.pid()));
    instance.host().run("ip", "link", "set", here, "master", instance.name(), "up");
    host.run("ip", "link", "set", there, "master", SWITCH, "up");
  }

  /** The client's host. */
  List<String> command(List<String> command) {
    return host.command(command);
  }

  @Override
  public void close() {
    host.close();
  }
}
