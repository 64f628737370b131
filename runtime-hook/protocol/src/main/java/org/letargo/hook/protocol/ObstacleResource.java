package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What of a process, or of the VPS, is the obstacle.
 *
 * @param name a descriptor's number, a mapping's address, a mount's place, a namespace's kind, ...
 * @param detail what it leads to, as the kernel shows it; may be empty
 */
public record ObstacleResource(Type type, String name, String detail) {
  /** What it is. */
  public enum Type {
    DESCRIPTOR,
    MAPPING,
    MOUNT,
    SOCKET,
    NAMESPACE,
    FILE,
    HOST;

    /** The word for it everywhere. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ObstacleResource {
    name = Obstacle.printable(name);
    detail = Obstacle.printable(detail);
  }

  public static ObstacleResource descriptor(int number, String target) {
    return new ObstacleResource(Type.DESCRIPTOR, Integer.toString(number), target);
  }

  @Override
  public String toString() {
    return type.word() + " " + name + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
