package org.letargo.hook.change;

import org.letargo.hook.command.Command;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a VPS go on that the engine did not suspend. An engine that gives up by itself undoes what
 * it did, also when its runtime is killed; one that was killed itself leaves the VPS frozen and its
 * network locked. The kernel lets go of the processes when their tracer ends, and the engine's code
 * in them returns to where they stood when its socket is closed; but PID 1 was seen to die of it,
 * likely because the code was just being put into it. So nobody but the kernel should kill engines:
 * we kill runtimes.
 */
final class AbortedDump {
  private static final Logger LOG = LoggerFactory.getLogger(AbortedDump.class);

  /** How the engine names the tables with which it locks the network, in the VPS's namespace. */
  private static final String LOCK = "CRIU-";

  private final Host host;

  AbortedDump(Host host) {
    this.host = host;
  }

  /**
   * Makes it run, or stand still, as before. No engine works on it any more. What cannot be done is
   * logged: the caller has a failure to tell already.
   *
   * @param before the status that it had
   */
  void recover(Vps vps, InitProcess init, VpsStatus before) {
    if (!init.isAlive()) {
      return; // whoever waits for its end takes it down
    }
    VpsName name = vps.spec().name();
    try {
      unlockNetwork(name, init);
      host.cgroups().thaw(name);
      if (before instanceof VpsStatus.Paused) {
        host.runc().pause(name);
      }
    } catch (VpsException e) {
      LOG.error("vps={} is not what it was: {}, continuing without it", name, e.getMessage());
    }
  }

  private static void unlockNetwork(VpsName name, InitProcess init) {
    Command.Result tables = nft(init, "list", "tables");
    tables
        .output()
        .lines()
        .map(line -> line.strip().split(" "))
        .filter(words -> words.length == 3 && words[2].startsWith(LOCK))
        .forEach(words -> {
          Command.Result deleted = nft(init, "delete", "table", words[1], words[2]);
          LOG.info("vps={} network unlocked, {} of the engine: {}", name, words[2], deleted.ok());
        });
  }

  private static Command.Result nft(InitProcess init, String... words) {
    String[] line = new String[5 + words.length];
    String[] enter = {"nsenter", "-t", String.valueOf(init.pid()), "-n", "nft"};
    System.arraycopy(enter, 0, line, 0, enter.length);
    System.arraycopy(words, 0, line, enter.length, words.length);
    return Command.of(line).run();
  }
}
