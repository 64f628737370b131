package org.letargo.archive.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.letargo.archive.checkpoint.Checkpoints.contents;
import static org.letargo.archive.checkpoint.Checkpoints.description;
import static org.letargo.archive.checkpoint.Checkpoints.id;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.Samples;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.testing.MemoryChunkStore;

class CheckpointStoreTest {
  @TempDir Path scratch;
  private final MemoryChunkStore chunks = new MemoryChunkStore();
  private CheckpointStore store;

  @BeforeEach
  void open() throws IOException {
    store = CheckpointStore.open(chunks, scratch.resolve("checkpoints"));
  }

  @AfterEach
  void nothingIsLeftOpen() {
    chunks.checkNoOpenWriters();
    assertThat(store.reading()).isEmpty();
  }

  @Test
  void givesBackEveryFile() throws IOException {
    Map<String, byte[]> contents = contents(1);

    CheckpointManifest written = write(id(1), contents);

    assertThat(store.list()).containsExactly(id(1));
    try (StoredCheckpoint checkpoint = store.read(id(1))) {
      assertThat(checkpoint.manifest()).isEqualTo(written);
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        StoredFile stored = checkpoint.file(file.getKey());
        assertThat(stored.stream().readAllBytes()).isEqualTo(file.getValue());
        Path target = scratch.resolve("file");
        checkpoint.materialise(file.getKey(), target);
        assertThat(Files.readAllBytes(target)).isEqualTo(file.getValue());
        Files.delete(target);
      }
      checkpoint.verify(TransferProgress.NONE);
    }
  }

  @Test
  void readsFromAnyPlace() throws IOException {
    Map<String, byte[]> contents = contents(2);
    write(id(1), contents);
    var random = new Random(3);

    try (StoredCheckpoint checkpoint = store.read(id(1))) {
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        byte[] content = file.getValue();
        StoredFile stored = checkpoint.file(file.getKey());
        for (int i = 0; i < 50; i++) {
          int offset = random.nextInt(content.length + 1);
          ByteBuffer into = ByteBuffer.allocate(random.nextInt(200_000));

          int n = stored.read(offset, into);

          assertThat(n).isEqualTo(Math.min(into.capacity(), content.length - offset));
          assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(content, offset, n).slice());
        }
      }
    }
  }

  @Test
  void costsNothingForZeros() throws IOException {
    byte[] zeros = new byte[10 << 20];

    CheckpointManifest manifest = write(id(1), Map.of("checkpoint/pages-1.img", zeros));

    assertThat(chunks.size()).isEqualTo(1); // the recipe
    assertThat(manifest.files().getFirst().sizeBytes()).isEqualTo(zeros.length);
    try (StoredCheckpoint checkpoint = store.read(id(1))) {
      assertThat(checkpoint.file("checkpoint/pages-1.img").stream().readAllBytes())
          .isEqualTo(zeros);
      Path target = scratch.resolve("zeros");
      checkpoint.materialise("checkpoint/pages-1.img", target);
      assertThat(Files.readAllBytes(target)).isEqualTo(zeros);
    }
  }

  @Test
  void storesASmallFileInItsRecipe() throws IOException {
    write(id(1), Map.of("config.dump", "{\"id\":\"web1\"}".getBytes()));

    assertThat(chunks.size()).isEqualTo(1);
  }

  @Test
  void leavesNothingOfAWriterThatWasNotCommitted() throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      writer.file("config.dump", new byte[100_000]);
      writer.begin("spec.dump").zeros(5);
    }

    assertThat(store.list()).isEmpty();
    store.collect();
    assertThat(chunks.size()).isZero();
  }

  @Test
  void leavesOutAFileThatWasGivenUp() throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      writer.file("config.dump", new byte[10]);
      try (FileWriter given = writer.begin("spec.dump")) {
        given.literal(new byte[] {1});
      }
      CheckpointManifest manifest = writer.commit(description(id(1)));

      assertThat(manifest.files()).extracting(CheckpointFile::path).containsExactly("config.dump");
    }
  }

  @Test
  void refusesToCommitWhileAFileIsUnfinished() throws IOException {
    try (CheckpointWriter writer = store.begin();
        FileWriter file = writer.begin("spec.dump")) {
      assertThatThrownBy(() -> writer.commit(description(id(1))))
          .hasMessage("files are not finished: [spec.dump]");
      assertThat(file.sizeBytes()).isZero();
    }
    assertThat(store.list()).isEmpty();
  }

  @Test
  void refusesTheSameFileOrIdTwice() throws IOException {
    write(id(1), Map.of("config.dump", new byte[1]));
    try (CheckpointWriter writer = store.begin()) {
      writer.file("config.dump", new byte[2]);

      assertThatThrownBy(() -> writer.begin("config.dump"))
          .hasMessageContaining("'config.dump' of the manifest is refused: it is there already");
      assertThatThrownBy(() -> writer.begin("../x")).isInstanceOf(ArchiveException.class);
      assertThatThrownBy(() -> writer.commit(description(id(1))))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(store.manifest(id(1)).totalBytes()).isEqualTo(1);
  }

  @Test
  void failsToCommitWhatCouldNotBeStored() throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      chunks.refusePuts("the store is full");

      assertThatThrownBy(
              () -> writer.file("config.dump", Samples.halfRandom(new Random(1), 70_000)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the store is full");
      assertThatThrownBy(() -> writer.commit(description(id(1)))).isInstanceOf(IOException.class);
    }
    assertThat(store.list()).isEmpty();
  }

  @Test
  void survivesAPowerCutOnceCommitted() throws IOException {
    Map<String, byte[]> contents = contents(4);
    write(id(1), contents);
    CheckpointWriter lost = store.begin();
    lost.file("config.dump", Samples.halfRandom(new Random(2), 500_000));

    chunks.losePower();
    lost.close();
    CheckpointStore again = CheckpointStore.open(chunks, scratch.resolve("checkpoints"));

    assertThat(again.list()).containsExactly(id(1));
    try (StoredCheckpoint checkpoint = again.read(id(1))) {
      checkpoint.verify(TransferProgress.NONE);
    }
  }

  @Test
  void removesTheTraceOfAWriterThatDied() throws IOException {
    Path left = Files.createFile(scratch.resolve("checkpoints/" + id(7) + ".json.tmp"));

    CheckpointStore again = CheckpointStore.open(chunks, scratch.resolve("checkpoints"));

    assertThat(left).doesNotExist();
    assertThat(again.list()).isEmpty();
  }

  @Test
  void collectsWhatNoCheckpointNeedsAndNothingElse() throws IOException {
    List<Map<String, byte[]>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(contents(i / 2)); // pairs share everything, the others a part
      write(id(i), all.get(i));
    }
    for (int i : List.of(0, 2, 3)) {
      assertThat(store.forget(id(i))).isTrue();
    }
    assertThat(store.forget(id(0))).isFalse();

    int before = chunks.size();
    store.collect();

    assertThat(chunks.size()).isPositive().isLessThan(before);
    assertThat(store.list()).containsExactly(id(1), id(4), id(5));
    for (int i : List.of(1, 4, 5)) {
      assertSame(id(i), all.get(i));
    }
    for (String id : store.list()) {
      store.forget(id);
    }
    store.collect();
    assertThat(chunks.size()).isZero();
  }

  @Test
  void keepsWhatIsBeingReadThoughItIsForgotten() throws IOException {
    write(id(1), contents(1));

    try (StoredCheckpoint checkpoint = store.read(id(1))) {
      store.forget(id(1));
      store.collect();

      checkpoint.verify(TransferProgress.NONE);
    }
    store.collect();
    assertThat(chunks.size()).isZero();
  }

  @Test
  void keepsWhatIsOpenedAndForgottenWhileItCollects() throws IOException {
    write(id(1), contents(1));
    write(id(2), contents(2));
    List<StoredCheckpoint> opened = new ArrayList<>();

    chunks.collect(keep ->
        store.forEachLive(id -> {
          if (opened.isEmpty()) { // the first of id(1): id(2) has not been looked at
            try {
              opened.add(store.read(id(2)));
              store.forget(id(2));
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
          keep.accept(id);
        }));

    try (StoredCheckpoint checkpoint = opened.getFirst()) {
      checkpoint.verify(TransferProgress.NONE);
    }
  }

  @Test
  void keepsWhatIsBeingWritten() throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      writer.file("config.dump", Samples.halfRandom(new Random(5), 300_000));
      store.collect();

      writer.commit(description(id(1)));
    }

    try (StoredCheckpoint checkpoint = store.read(id(1))) {
      checkpoint.verify(TransferProgress.NONE);
    }
  }

  @Test
  void namesTheFilesThatDamageHits() throws IOException {
    write(id(1), contents(1));
    write(id(2), contents(1));
    Map<String, byte[]> other = contents(2);
    write(id(3), other);
    Set<ChunkId> shared = ChunkIds.of(chunks, store.manifest(id(1)), "rootfs-diff.tar");
    ChunkId damaged = shared.iterator().next();
    Set<ChunkId> own = ChunkIds.of(chunks, store.manifest(id(3)), "checkpoint/pages-2.img");
    ChunkId missing = own.iterator().next();
    chunks.damage(damaged);
    chunks.lose(missing);

    List<Damage> found = new ArrayList<>();
    store.check(damaged::equals, found::add);

    assertThat(found)
        .containsExactly(
            new Damage(id(1), "rootfs-diff.tar", "chunk " + damaged + " is damaged"),
            new Damage(id(2), "rootfs-diff.tar", "chunk " + damaged + " is damaged"),
            new Damage(id(3), "checkpoint/pages-2.img", "chunk " + missing + " is missing"));
  }

  @Test
  void namesCheckpointFileAndChunkWhenItReadsDamage() throws IOException {
    write(id(1), contents(1));
    ChunkId damaged =
        ChunkIds.of(chunks, store.manifest(id(1)), "rootfs-diff.tar").iterator().next();
    chunks.damage(damaged);

    try (StoredCheckpoint checkpoint = store.read(id(1))) {
      String where = "checkpoint " + id(1) + " is damaged at 'rootfs-diff.tar': ";
      assertThatThrownBy(() -> checkpoint.verify(TransferProgress.NONE))
          .isInstanceOf(ArchiveException.class)
          .hasMessageStartingWith(where)
          .hasMessageContaining(damaged.toString());
      assertThatThrownBy(() -> checkpoint.file("rootfs-diff.tar").stream().readAllBytes())
          .isInstanceOf(ArchiveException.class)
          .hasMessageStartingWith(where);
      assertThatThrownBy(() -> checkpoint.materialise("rootfs-diff.tar", scratch.resolve("x")))
          .isInstanceOf(ArchiveException.class)
          .hasMessageStartingWith(where);
    }
  }

  @Test
  void neverCollectsWhileItCannotTellWhatACheckpointNeeds() throws IOException {
    write(id(1), contents(1));
    write(id(2), contents(2));
    chunks.lose(store.manifest(id(1)).file("rootfs-diff.tar").orElseThrow().rootId());
    int before = chunks.size();

    assertThatThrownBy(store::collect)
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("checkpoint " + id(1) + " is damaged at 'rootfs-diff.tar': ");

    assertThat(chunks.size()).isEqualTo(before);
    store.forget(id(1));
    store.collect();
    assertSame(id(2), contents(2));
  }

  @Test
  void findsNoCheckpointByWhatIsNoId() {
    for (String id : List.of("", "..", "../" + id(1), id(1) + "/..", "x")) {
      assertThatThrownBy(() -> store.manifest(id)).isInstanceOf(NoSuchFileException.class);
      assertThatThrownBy(() -> store.forget(id)).isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void refusesAManifestUnderAnotherName() throws IOException {
    write(id(1), Map.of("config.dump", new byte[1]));
    Path folder = scratch.resolve("checkpoints");
    Files.copy(folder.resolve(id(1) + ".json"), folder.resolve(id(2) + ".json"));

    assertThatThrownBy(() -> store.manifest(id(2)))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("its manifest is that of '" + id(1) + "'");
    Set<String> hit = new HashSet<>();
    store.check(_ -> false, damage -> hit.add(damage.checkpoint()));
    assertThat(hit).containsExactly(id(2));
  }

  private void assertSame(String id, Map<String, byte[]> contents) throws IOException {
    try (StoredCheckpoint checkpoint = store.read(id)) {
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        assertThat(checkpoint.file(file.getKey()).stream().readAllBytes())
            .isEqualTo(file.getValue());
      }
    }
  }

  private CheckpointManifest write(String id, Map<String, byte[]> contents) throws IOException {
    return Checkpoints.write(store, id, contents);
  }
}
