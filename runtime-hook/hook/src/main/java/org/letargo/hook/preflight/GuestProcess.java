package org.letargo.hook.preflight;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;
import org.letargo.hook.protocol.VpsProcess;

/**
 * A process of a VPS as it was when it was looked at.
 *
 * @param hostPid as the host counts
 * @param namespaces by kind, each as {@code net:[4026531840]}
 */
record GuestProcess(
    long hostPid,
    TaskStatus status,
    Map<String, String> namespaces,
    List<Descriptor> descriptors,
    List<MappedFile> mappings) {

  VpsProcess name() {
    return new VpsProcess(status.pid(), status.command());
  }

  String namespace(String kind) {
    return namespaces.getOrDefault(kind, "");
  }

  /** An obstacle that is the process itself. */
  Obstacle obstacle(ObstacleKind kind) {
    return Obstacle.of(kind, Optional.of(name()), Optional.empty());
  }

  Obstacle obstacle(ObstacleKind kind, ObstacleResource resource) {
    return Obstacle.of(kind, Optional.of(name()), Optional.of(resource));
  }

  Obstacle obstacle(ObstacleKind kind, Descriptor descriptor) {
    return obstacle(kind, descriptor.resource());
  }
}
