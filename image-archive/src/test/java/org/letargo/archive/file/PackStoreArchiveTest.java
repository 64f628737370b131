package org.letargo.archive.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;

/** Checkpoints on a disk, in a plain store and an encrypted one. */
class PackStoreArchiveTest {
  @TempDir Path scratch;

  @Test
  void carriesACheckpointFromAPlainStoreToAnEncryptedOneAndBack() throws IOException {
    PackStoreOptions plain = PackStoreOptions.defaults();
    byte[] archive;
    CheckpointManifest written;
    try (PackStore chunks = PackStore.open(scratch.resolve("plain"), plain)) {
      CheckpointStore store = CheckpointStore.open(chunks, scratch.resolve("manifests1"));
      written = Checkpoints.write(store, Checkpoints.id(1), Checkpoints.contents(1));
      archive = ArchiveFileRoundTripTest.archive(store, 2);
    }
    byte[] again;
    try (PackStore chunks = PackStore.open(scratch.resolve("encrypted"), plain.encrypted())) {
      CheckpointStore store = CheckpointStore.open(chunks, scratch.resolve("manifests2"));
      ArchiveFileRoundTripTest.read(archive, store);
    }
    try (PackStore chunks = PackStore.open(scratch.resolve("encrypted"), plain.encrypted())) {
      CheckpointStore store = CheckpointStore.open(chunks, scratch.resolve("manifests2"));
      assertThat(store.manifest(Checkpoints.id(1))).isNotEqualTo(written);
      again = ArchiveFileRoundTripTest.archive(store, 2);
    }

    assertThat(again).isEqualTo(archive);
    try (PackStore chunks = PackStore.open(scratch.resolve("third"), plain)) {
      CheckpointStore store = CheckpointStore.open(chunks, scratch.resolve("manifests3"));
      assertThat(ArchiveFileRoundTripTest.read(again, store)).isEqualTo(written);
      store.collect();
      try (StoredCheckpoint checkpoint = store.read(Checkpoints.id(1))) {
        checkpoint.verify(TransferProgress.NONE);
      }
      store.forget(Checkpoints.id(1));
      store.collect();
      assertThat(chunks.stat().chunks()).isZero();
    }
  }
}
