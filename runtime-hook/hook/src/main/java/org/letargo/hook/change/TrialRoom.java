package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.store.HostMemory;

/**
 * Whether there is room for a trial restore: a VPS that runs must not be pushed out of memory by
 * the trial of another one, and trials must not fill the disk.
 */
final class TrialRoom {
  /** What is to be left, of both. */
  private static final long SPARE_BYTES = 64L << 20;

  private final Path state;

  TrialRoom(HookConfiguration configuration) {
    this.state = configuration.stateDir();
  }

  /**
   * @throws VpsException NO_SPACE, with what is missing
   */
  void require(VpsName vps, CheckpointManifest manifest) {
    requireMemory(vps, manifest.checkpoint().memoryBytes());
    long imageBytes =
        manifest.files().stream()
            .filter(file -> file.path().startsWith(CheckpointFiles.IMAGES + "/"))
            .mapToLong(CheckpointFile::sizeBytes)
            .sum();
    try {
      long freeBytes = Files.getFileStore(state).getUsableSpace();
      if (imageBytes + manifest.checkpoint().diskBytes() + SPARE_BYTES > freeBytes) {
        throw missing(
            vps,
            imageBytes + manifest.checkpoint().diskBytes(),
            "on the disk of " + state,
            freeBytes);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot see how much space is free in " + state, e);
    }
  }

  /**
   * @throws VpsException NO_SPACE, with what is missing
   */
  void requireMemory(VpsName vps, long bytes) {
    try {
      long freeBytes = HostMemory.availableBytes();
      if (bytes + SPARE_BYTES > freeBytes) {
        throw missing(vps, bytes, "of memory", freeBytes);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot see how much memory is free", e);
    }
  }

  private static VpsException missing(VpsName vps, long bytes, String of, long freeBytes) {
    return new VpsException(
        Code.NO_SPACE,
        "cannot make a trial restore of VPS '" + vps + "'",
        "it takes %s %s, and %s are free"
            .formatted(DataSize.ofBytes(bytes), of, DataSize.ofBytes(freeBytes)),
        "Make room, or verify its images only, which takes none ('--deep=false').");
  }
}
