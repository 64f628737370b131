package org.letargo.hook.preflight;

import java.util.Set;
import org.letargo.hook.protocol.ObstacleKind;

/**
 * Objects of the kernel that only a descriptor holds: {@code anon_inode:[io_uring]}. The engine
 * knows those below (dump_one_file in its files.c); every other one it refuses.
 */
final class KernelObjectCheck implements Check {
  private static final String ANONYMOUS = "anon_inode:";

  private static final Set<String> SAVED =
      Set.of("eventfd", "eventpoll", "inotify", "fanotify", "signalfd", "timerfd", "pidfd");

  /** BPF_MAP_TYPE_HASH and BPF_MAP_TYPE_ARRAY. */
  private static final Set<Integer> SAVED_MAPS = Set.of(1, 2);

  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> isObject(held.descriptor()))
        .forEach(held -> {
          ObstacleKind kind = kind(held.descriptor());
          findings.add(held.process().obstacle(kind, held.descriptor()));
        });
  }

  private static boolean isObject(Descriptor descriptor) {
    String target = descriptor.target();
    if (target.startsWith("/dmabuf")) {
      return true;
    }
    if (!target.startsWith(ANONYMOUS)) {
      return false;
    }
    String name = name(target);
    return name.equals("bpf-map")
        ? !SAVED_MAPS.contains(descriptor.info().bpfMap())
        : !SAVED.contains(name);
  }

  /** Some names have brackets, {@code [eventfd]}, and some have not, {@code inotify}. */
  private static String name(String target) {
    return target.substring(ANONYMOUS.length()).replaceAll("^\\[|]$", "");
  }

  private static ObstacleKind kind(Descriptor descriptor) {
    String target = descriptor.target();
    if (target.contains("io_uring")) {
      return ObstacleKind.IO_URING;
    }
    return target.contains("bpf") || target.contains("btf")
        ? ObstacleKind.BPF_OBJECT
        : ObstacleKind.KERNEL_OBJECT;
  }
}
