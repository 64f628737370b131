package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/** Mappings that are no plain files: rings of io_uring and AIO, devices, secret memory. */
final class MappingCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    for (GuestProcess process : scene.members()) {
      for (MappedFile mapping : process.mappings()) {
        String target = mapping.target();
        if (target.startsWith("anon_inode:[io_uring]")) {
          findings.add(process.obstacle(ObstacleKind.IO_URING, mapping.resource()));
        } else if (target.startsWith("anon_inode:")) {
          findings.add(process.obstacle(ObstacleKind.KERNEL_OBJECT, mapping.resource()));
        } else if (target.startsWith("/secretmem")) {
          findings.add(process.obstacle(ObstacleKind.SECRET_MEMORY, mapping.resource()));
        } else if (target.startsWith("/[aio]")) {
          findings.add(process.obstacle(ObstacleKind.AIO, mapping.resource()));
        } else if (isDevice(process, mapping)) {
          findings.add(process.obstacle(ObstacleKind.DEVICE, mapping.resource()));
        }
      }
      process.descriptors().stream()
          .filter(descriptor -> descriptor.target().startsWith("/secretmem"))
          .forEach(
              descriptor -> findings.add(process.obstacle(ObstacleKind.SECRET_MEMORY, descriptor)));
    }
  }

  /** The file itself is asked, not its name, which may be another's by now. */
  private static boolean isDevice(GuestProcess process, MappedFile mapping) {
    if (!mapping.target().startsWith("/dev/") || mapping.target().startsWith("/dev/zero")) {
      return false;
    }
    FileFacts file = FileFacts.of("/proc/" + process.hostPid() + "/map_files/" + mapping.range());
    return file.isCharacterDevice() || file.isBlockDevice();
  }
}
