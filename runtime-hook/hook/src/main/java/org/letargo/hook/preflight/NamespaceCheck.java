package org.letargo.hook.preflight;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/**
 * Namespaces below those of PID 1 (namespaces.c of the engine). Those of mounts are saved; those of
 * networks would be, but not together with {@code --empty-ns network} (dump_net_ns in its net.c).
 */
final class NamespaceCheck implements Check {
  private record Kind(String link, ObstacleKind obstacle) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("pid", ObstacleKind.NESTED_PID_NAMESPACE),
          new Kind("ipc", ObstacleKind.NESTED_IPC_NAMESPACE),
          new Kind("uts", ObstacleKind.NESTED_UTS_NAMESPACE),
          new Kind("user", ObstacleKind.NESTED_USER_NAMESPACE),
          new Kind("net", ObstacleKind.NESTED_NET_NAMESPACE),
          new Kind("cgroup", ObstacleKind.NESTED_CGROUP_NAMESPACE),
          new Kind("time", ObstacleKind.NESTED_TIME_NAMESPACE),
          new Kind("time_for_children", ObstacleKind.NESTED_TIME_NAMESPACE));

  @Override
  public void search(Scene scene, Findings findings) {
    Optional<GuestProcess> init = scene.initProcess();
    if (init.isEmpty()) {
      return; // the VPS has ended
    }
    for (GuestProcess process : scene.members()) {
      for (Kind kind : KINDS) {
        String namespace = process.namespace(kind.link());
        if (!namespace.isEmpty() && !namespace.equals(init.get().namespace(kind.link()))) {
          findings.add(
              process.obstacle(
                  kind.obstacle(),
                  new ObstacleResource(ObstacleResource.Type.NAMESPACE, kind.link(), namespace)));
        }
      }
    }
  }
}
