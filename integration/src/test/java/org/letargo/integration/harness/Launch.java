package org.letargo.integration.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the two processes of an instance are started, and what their configuration says. */
final class Launch {
  private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private Launch() {}

  /** The hook, as root of the instance's host. */
  static List<String> hook(Instance.Options options, Path configuration) {
    return options
        .host()
        .command(java("hook", "org.letargo.hook.HookMain", options.hookFlags(), configuration));
  }

  /** The manager, as its own user and without a capability; always on this host. */
  static List<String> manager(Instance.Options options, Path configuration) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid",
                Unix.MANAGER_USER,
                "--regid",
                Unix.MANAGER_USER,
                "--clear-groups",
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=-all"));
    line.addAll(
        java("manager", "org.letargo.manager.ManagerMain", options.managerFlags(), configuration));
    return line;
  }

  private static List<String> java(
      String library, String mainClass, List<String> flags, Path configuration) {
    List<String> all = new ArrayList<>(FLAGS);
    all.addAll(flags);
    List<String> line = Programs.get().java(library, mainClass, all);
    line.addAll(List.of("--config", configuration.toString()));
    return line;
  }

  /** letargo.yaml. */
  static String configuration(Instance instance, Path templates, int firstHostId) {
    return """
    instance: %s
    state-dir: %s
    run-dir: %s
    hook:
      program-dir: %s
      template-dir: %s
      bridge: %s
      subnet: %s
      first-host-id: %d
      on-arrival: %s
    manager:
      listen: 127.0.0.1:%d
    peers:
      listen: 127.0.0.1:%d
    """
        .formatted(
            instance.name(),
            instance.state(),
            instance.run(),
            Programs.get().folder(),
            templates,
            instance.name(),
            instance.subnet(),
            firstHostId,
            instance.onArrival(),
            instance.uri().getPort(),
            instance.peerPort());
  }
}
