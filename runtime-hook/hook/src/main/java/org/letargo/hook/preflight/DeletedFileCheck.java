package org.letargo.hook.preflight;

import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.ObstacleKind;

/** Open or mapped files whose name is gone: with the memory, or by another name of theirs. */
final class DeletedFileCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> isDeletedFile(held.descriptor()))
        .forEach(held -> {
          long bytes = deletedBytes(held.descriptor());
          findings.add(
              held.descriptor().file().links() > 0
                  ? held.process().obstacle(ObstacleKind.UNLINKED_NAME, held.descriptor())
                  : held.process()
                      .obstacle(ObstacleKind.DELETED_FILE, held.descriptor())
                      .because(words(bytes)));
        });
    for (GuestProcess process : scene.members()) {
      for (MappedFile mapping : process.mappings()) {
        long bytes = deletedBytes(scene, process, mapping);
        if (bytes > 0) {
          findings.add(
              process
                  .obstacle(ObstacleKind.DELETED_FILE, mapping.resource())
                  .because(words(bytes)));
        }
      }
    }
  }

  private static String words(long bytes) {
    return ObstacleKind.DELETED_FILE.reason() + ": " + DataSize.ofBytes(bytes);
  }

  private static boolean isDeletedFile(Descriptor descriptor) {
    return descriptor.isDeleted()
        && !descriptor.isPathOfTheKernel()
        && descriptor.file().isRegular();
  }

  /** What the engine must save of it; 0 if it is not a deleted file. */
  static long deletedBytes(Descriptor descriptor) {
    return isDeletedFile(descriptor) && descriptor.file().links() == 0
        ? descriptor.file().sizeBytes()
        : 0;
  }

  /** The same for a mapping: a library that an upgrade has replaced, say. */
  static long deletedBytes(Scene scene, GuestProcess process, MappedFile mapping) {
    if (!mapping.isDeleted()
        || !mapping.target().startsWith("/")
        || Descriptor.isOfTheKernel(mapping.target())
        || hasRemoteMounts(scene, process)) {
      return 0;
    }
    FileFacts file = FileFacts.of("/proc/" + process.hostPid() + "/map_files/" + mapping.range());
    return file.isRegular() && file.links() == 0 ? file.sizeBytes() : 0;
  }

  /** A mapping does not say on which mount it is, and one of them may never answer. */
  private static boolean hasRemoteMounts(Scene scene, GuestProcess process) {
    return scene
        .mountsOf(process)
        .map(table -> table.all().stream().anyMatch(mount -> !mount.isLocal()))
        .orElse(true);
  }
}
