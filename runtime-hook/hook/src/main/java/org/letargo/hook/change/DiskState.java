package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.vps.VpsFolder;

/**
 * Remembers which checkpoint the disk of a suspended VPS equals, so that a resume on the same host
 * need not unpack it. Counts only until the host reboots: the disk's own writes are not forced out.
 */
final class DiskState {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private record At(CheckpointId checkpoint, String boot) {}

  private DiskState() {}

  static void nowAt(VpsFolder folder, CheckpointId checkpoint) {
    DurableFiles.writeJson(file(folder), new At(checkpoint, boot()));
  }

  /** From now on the disk may differ from every checkpoint. */
  static void differs(VpsFolder folder) {
    DurableFiles.delete(file(folder));
  }

  static boolean isAt(VpsFolder folder, CheckpointId checkpoint) {
    return DurableFiles.readJson(file(folder), At.class)
        .equals(Optional.of(new At(checkpoint, boot())));
  }

  private static Path file(VpsFolder folder) {
    return folder.disk().resolve("at.json");
  }

  private static String boot() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read " + BOOT_ID, e);
    }
  }
}
