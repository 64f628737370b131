package org.letargo.integration.harness;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes an instance off its host. {@link #stopAndSweep} takes away only what an instance leaves by
 * design and then looks for more; {@link #close} removes whatever there is, so that one failure is
 * not followed by others.
 */
final class Teardown implements AutoCloseable {
  private final Instance instance;
  private final Leftovers leftovers;

  Teardown(Instance instance) {
    this.instance = instance;
    this.leftovers = new Leftovers(instance);
  }

  void stopAndSweep() {
    for (Daemon daemon : List.of(instance.manager(), instance.hook())) {
      if (daemon.isAlive()) {
        daemon.stop();
      }
    }
    removeHostParts();
    new Sweep(instance).expectNothing();
  }

  /** Bridge, firewall table and the top control groups: they outlive the hook by design. */
  private void removeHostParts() {
    if (leftovers.hasBridge()) {
      instance.host().run("ip", "link", "del", instance.name());
    }
    for (String table : leftovers.tables()) {
      if (table.endsWith(leftovers.ownTable())) {
        String family = table.substring(0, table.indexOf(' '));
        instance.host().run("nft", "delete", "table", family, leftovers.ownTable());
      }
    }
    for (Path group : leftovers.cgroups()) {
      if (group.endsWith(instance.name())) {
        removeIfEmpty(group);
      }
    }
  }

  private static void removeIfEmpty(Path group) {
    try {
      Files.delete(group);
    } catch (DirectoryNotEmptyException e) {
      return; // the sweep will tell
    } catch (IOException e) {
      return; // EBUSY: likewise
    }
  }

  /** Removes everything by force. */
  void clean() {
    for (Daemon daemon : List.of(instance.manager(), instance.hook())) {
      if (daemon.isAlive()) {
        daemon.kill();
      }
    }
    for (long pid : leftovers.processes()) {
      ProcessHandle.of(pid)
          .ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
          });
    }
    for (String mount : leftovers.mounts()) {
      HostCommand.tried(instance.host().command(List.of("umount", "-l", mount)));
    }
    for (String device : leftovers.vpsDevices()) {
      HostCommand.tried(instance.host().command(List.of("ip", "link", "del", device)));
    }
    leftovers.cgroups().forEach(Teardown::removeIfEmpty);
    removeHostParts();
    TempFolder.delete(instance.folder());
  }

  @Override
  public void close() {
    clean();
  }
}
