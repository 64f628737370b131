package org.letargo.integration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/** Makes checkpoints that cannot be restored, below a hook that does not run. */
final class TamperedCheckpoint {
  private static final int PACK_HEADER_BYTES = 64;
  private static final int STEP_BYTES = 1000;

  private TamperedCheckpoint() {}

  /**
   * Puts another checkpoint into the timeline in the place of one: all hashes of it are right, and
   * it lacks files, or has others. The hook must be stopped.
   *
   * @param changed new content by path; empty content: the file is left out
   * @return its id
   */
  static String replace(Instance instance, Vps vps, String id, Map<String, byte[]> changed)
      throws IOException {
    Path folder = instance.state().resolve("store");
    String made = CheckpointId.create(Instant.now()).value();
    try (PackStore packs = PackStore.open(folder, PackStoreOptions.defaults())) {
      CheckpointStore store = CheckpointStore.open(packs, folder.resolve("checkpoints"));
      try (StoredCheckpoint from = store.read(id);
          CheckpointWriter to = store.begin()) {
        for (CheckpointFile file : from.manifest().files()) {
          byte[] content = changed.get(file.path());
          if (content == null) {
            to.adopt(file);
          } else if (content.length > 0) {
            to.file(file.path(), content);
          }
        }
        CheckpointDescription described = from.manifest().checkpoint();
        to.commit(
            new CheckpointDescription(
                made,
                described.parent(),
                described.takenAt(),
                described.vps(),
                described.host(),
                described.memoryBytes(),
                described.diskBytes()));
      }
    }
    Path timeline = vps.folder().resolve("timeline.json");
    Files.writeString(timeline, Files.readString(timeline).replace(id, made));
    return made;
  }

  /** Changes bytes of every chunk that the store has; the hook may run. */
  static void damageAllChunks(Instance instance) throws IOException {
    try (DirectoryStream<Path> packs =
        Files.newDirectoryStream(instance.state().resolve("store/packs"))) {
      for (Path pack : packs) {
        try (FileChannel file = FileChannel.open(pack, StandardOpenOption.WRITE)) {
          for (long at = PACK_HEADER_BYTES + 128; at < file.size(); at += STEP_BYTES) {
            file.write(ByteBuffer.wrap(new byte[] {0x55, 0x2a, 0x33, 0x11}), at);
          }
        }
      }
    }
  }
}
