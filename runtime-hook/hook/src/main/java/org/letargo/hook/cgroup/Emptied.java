package org.letargo.hook.cgroup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.linux.NativeException;
import org.letargo.linux.Pidfd;

/** Waits for the processes of a control group to be gone, by their pidfds and not by the clock. */
final class Emptied {
  private static final int ROUNDS = 20;
  private static final Duration EACH = Duration.ofSeconds(5);

  private Emptied() {}

  /**
   * Kills until nothing is left: a process may fork while the others are killed.
   *
   * @throws VpsException HOST_UNFIT if something does not die
   */
  static void await(Path group, Runnable kill) {
    for (int round = 0; round < ROUNDS; round++) {
      List<Long> pids = GroupFiles.processes(group);
      if (pids.isEmpty()) {
        return;
      }
      kill.run();
      for (long pid : pids) {
        awaitExit(pid);
      }
    }
    throw new VpsException(
        Code.HOST_UNFIT,
        "cannot empty control group " + group,
        "processes " + GroupFiles.processes(group) + " do not die",
        "See what they wait for: a disk or network file system that does not answer.");
  }

  private static void awaitExit(long pid) {
    try (Pidfd process = Pidfd.open(pid)) {
      process.awaitExit(EACH);
    } catch (NativeException gone) {
      // which is what we wait for
    }
  }
}
