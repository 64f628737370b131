package org.letargo.integration.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an instance's hook runs: this machine, or another host, as far as a network namespace can
 * be one. There the network is empty: same devices, addresses and ports may be used again; kernel,
 * processes and folders are shared.
 *
 * <p>A process holds the namespaces of the other host for as long as it is open: {@code ip netns
 * exec} would make a new mount namespace for each hook, and a hook that is started again would not
 * see its mounts; it would also hide the control groups.
 */
public final class TestHost implements AutoCloseable {
  private static final String HOLD =
      """
      set -e
      # the copies of disks that VPSes have mounted here and now would keep them busy
      awk '/ - overlay letargo-/ { print $5 }' /proc/self/mountinfo | while read -r disk; do
        umount -l "$disk"
      done
      old=$(mktemp -d /var/tmp/lt-cgroup-XXXXXX)
      mount --rbind /sys/fs/cgroup "$old"
      mount -t sysfs sysfs /sys
      mount --rbind "$old" /sys/fs/cgroup
      umount -R -l "$old"
      rmdir "$old"
      ip link set lo up
      echo ready
      exec cat
      """;
  private static final TestHost HERE = new TestHost(null);

  private final Process holder;

  private TestHost(Process holder) {
    this.holder = holder;
  }

  /** This machine. */
  public static TestHost here() {
    return HERE;
  }

  /** Another one; the caller closes it after the instances on it. */
  public static TestHost another() {
    try {
      Process holder =
          new ProcessBuilder(
                  "unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", HOLD)
              .redirectErrorStream(true)
              .start();
      BufferedReader said = holder.inputReader();
      String line = said.readLine();
      if (!"ready".equals(line)) {
        holder.destroyForcibly();
        throw new AssertionError("cannot make another host: " + line);
      }
      return new TestHost(holder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isHere() {
    return holder == null;
  }

  /** A process that is in its namespaces as long as it is open; not of this machine. */
  long pid() {
    return holder.pid();
  }

  /** The same command as it is run on this host. */
  public List<String> command(List<String> command) {
    if (isHere()) {
      return command;
    }
    List<String> line =
        new ArrayList<>(List.of("nsenter", "-t", String.valueOf(holder.pid()), "-n", "-m", "--"));
    line.addAll(command);
    return line;
  }

  /** Runs a program on this host and returns its output; it must succeed. */
  public String run(String... command) {
    return HostCommand.run(command(List.of(command)));
  }

  @Override
  public void close() {
    if (!isHere()) {
      holder.destroyForcibly().onExit().join();
    }
  }
}
