package org.letargo.integration.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks for what should be gone, and fails with the list of what is not. */
final class Sweep {
  private final Instance instance;
  private final Leftovers leftovers;
  private final List<String> found = new ArrayList<>();

  Sweep(Instance instance) {
    this.instance = instance;
    this.leftovers = new Leftovers(instance);
  }

  /** After the last VPS was destroyed, while hook and manager may run. */
  void expectNoVps() {
    for (long pid : leftovers.processes()) {
      boolean isOurs =
          instance.hook().isAlive() && pid == instance.hook().pid()
              || instance.manager().isAlive() && pid == instance.manager().pid();
      if (!isOurs) {
        found.add(Leftovers.describe(pid));
      }
    }
    leftovers.mounts().forEach(mount -> found.add("mount " + mount));
    leftovers.cgroups().stream()
        .filter(group -> !group.endsWith(instance.name()))
        .forEach(group -> found.add("control group " + group));
    leftovers.vpsDevices().forEach(device -> found.add("network device " + device));
    leftovers.tables().stream()
        .filter(table -> !table.endsWith(leftovers.ownTable()))
        .forEach(table -> found.add("firewall table " + table));
    for (Path folder :
        List.of(
            instance.state().resolve("vps"),
            instance.run().resolve("vps"),
            instance.state().resolve("trials"),
            instance.run().resolve("trials"),
            instance.run().resolve("relay.d"),
            instance.run().resolve("runc"))) {
      Leftovers.files(folder).forEach(file -> found.add(folder + "/" + file));
    }
    report();
  }

  /** After both processes have ended and the host was cleaned of what belongs to no VPS. */
  void expectNothing() {
    leftovers.processes().forEach(pid -> found.add(Leftovers.describe(pid)));
    leftovers.mounts().forEach(mount -> found.add("mount " + mount));
    leftovers.cgroups().forEach(group -> found.add("control group " + group));
    leftovers.vpsDevices().forEach(device -> found.add("network device " + device));
    leftovers.tables().forEach(table -> found.add("firewall table " + table));
    if (leftovers.hasBridge()) {
      found.add("bridge " + instance.name());
    }
    report();
  }

  private void report() {
    if (!found.isEmpty()) {
      throw new AssertionError(
          "left over of instance " + instance.name() + ":\n  " + String.join("\n  ", found));
    }
  }
}
