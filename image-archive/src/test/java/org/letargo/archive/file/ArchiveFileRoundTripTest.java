package org.letargo.archive.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.KeyedChunkStore;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Archives go from store to store, and are read by the programs that everybody has. */
class ArchiveFileRoundTripTest {
  private static final ArchiveLimits PLENTY = new ArchiveLimits(1L << 40, 1L << 40);
  private static final String ID = Checkpoints.id(1);

  @TempDir Path scratch;
  private final MemoryChunkStore chunks = new MemoryChunkStore();
  private CheckpointStore source;

  @BeforeEach
  void open() throws IOException {
    source = store(chunks);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void givesBackTheSameCheckpoint(long seed) throws IOException {
    Map<String, byte[]> contents = Checkpoints.contents(seed);
    CheckpointManifest written = Checkpoints.write(source, ID, contents);
    CheckpointStore target = store(new MemoryChunkStore());

    CheckpointManifest read = read(archive(source, 2), target);

    assertThat(read).isEqualTo(written);
    assertThat(target.manifest(ID)).isEqualTo(written);
    assertThat(contents(target)).usingRecursiveComparison().isEqualTo(contents);
  }

  @Test
  void storesNothingTwice() throws IOException {
    Checkpoints.write(source, ID, Checkpoints.contents(1));
    byte[] archive = archive(source, 2);
    source.forget(ID);
    int before = chunks.size();

    read(archive, source);

    assertThat(chunks.size()).isEqualTo(before);
    assertThat(scratch.toFile().list()).hasSize(1);
  }

  @Test
  void givesTheSameBytesFromAnyStoreWithAnyNumberOfThreads() throws IOException {
    Map<String, byte[]> contents = Checkpoints.contents(4);
    Checkpoints.write(source, ID, contents);
    CheckpointStore keyed = store(new KeyedChunkStore());
    CheckpointManifest secret = Checkpoints.write(keyed, ID, contents);

    byte[] one = archive(source, 1);

    assertThat(archive(source, 2)).isEqualTo(one);
    assertThat(archive(source, 7)).isEqualTo(one);
    assertThat(archive(keyed, 2)).isEqualTo(one);
    assertThat(secret).isNotEqualTo(source.manifest(ID));
  }

  @Test
  void goesThroughAStoreThatNamesChunksByASecret() throws IOException {
    Map<String, byte[]> contents = Checkpoints.contents(5);
    Checkpoints.write(source, ID, contents);
    byte[] archive = archive(source, 2);
    CheckpointStore keyed = store(new KeyedChunkStore());

    read(archive, keyed);

    assertThat(contents(keyed)).usingRecursiveComparison().isEqualTo(contents);
    assertThat(archive(keyed, 2)).isEqualTo(archive);
  }

  @Test
  void carriesTenThousandFiles() throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      contents.put("checkpoint/core-" + i + ".img", ("process " + i).getBytes());
    }
    CheckpointManifest written = Checkpoints.write(source, ID, contents);
    CheckpointStore target = store(new MemoryChunkStore());

    assertThat(read(archive(source, 2), target)).isEqualTo(written);
    assertThat(target.manifest(ID)).isEqualTo(written);
  }

  @Test
  void carriesACheckpointWithoutFiles() throws IOException {
    CheckpointManifest written = Checkpoints.write(source, ID, Map.of());
    CheckpointStore target = store(new MemoryChunkStore());

    assertThat(read(archive(source, 1), target)).isEqualTo(written);
  }

  @Test
  void readsTheManifestWithoutTheRest() throws IOException {
    CheckpointManifest written = Checkpoints.write(source, ID, Checkpoints.contents(6));
    byte[] front = java.util.Arrays.copyOf(archive(source, 2), 4096);

    try (var reader = ArchiveFileReader.open(new ByteArrayInputStream(front))) {
      assertThat(reader.manifest()).isEqualTo(written);
    }
  }

  @Test
  void reportsProgressThatNeverFallsAndEndsAtTheTotal() throws IOException {
    CheckpointManifest manifest = Checkpoints.write(source, ID, Checkpoints.contents(7));
    List<Long> written = new ArrayList<>();
    var out = new ByteArrayOutputStream();
    try (StoredCheckpoint checkpoint = source.read(ID)) {
      ArchiveFileWriter.write(checkpoint, out, (done, _) -> written.add(done));
    }
    List<Long> read = new ArrayList<>();
    try (var reader = ArchiveFileReader.open(new ByteArrayInputStream(out.toByteArray()));
        CheckpointWriter writer = source.begin()) {
      reader.readInto(writer, PLENTY, (done, _) -> read.add(done));
    }

    assertThat(written).isSorted().last().isEqualTo(manifest.totalBytes());
    assertThat(read).isSorted().last().isEqualTo(manifest.totalBytes());
  }

  @Test
  void isListedByTarAndTestedByZstd() throws Exception {
    Map<String, byte[]> contents = Checkpoints.contents(8);
    Checkpoints.write(source, ID, contents);
    Path file = Files.write(scratch.resolve("web1.letargo"), archive(source, 2));
    Path unpacked = Files.createDirectory(scratch.resolve("unpacked"));

    String listing = run("tar", "--zstd", "-tvf", file.toString());
    run("zstd", "-t", file.toString());
    run("tar", "--zstd", "-xf", file.toString(), "-C", unpacked.toString());

    assertThat(listing.lines().map(line -> line.substring(line.lastIndexOf(' ') + 1)))
        .startsWith("manifest.json", "recipes", "checkpoint/core-1.img")
        .hasSize(contents.size() + 2);
    for (Map.Entry<String, byte[]> content : contents.entrySet()) {
      assertThat(unpacked.resolve(content.getKey())).hasBinaryContent(content.getValue());
    }
  }

  @Test
  void neverWritesAWholeArchiveOfADamagedCheckpoint() throws IOException {
    CheckpointManifest manifest = Checkpoints.write(source, ID, Checkpoints.contents(9));
    var first = new ArrayList<RecipeItem.Chunk>();
    try (StoredCheckpoint checkpoint = source.read(ID)) {
      var cursor = checkpoint.recipe(manifest.file("rootfs-diff.tar").orElseThrow()).begin();
      assertThat(cursor.next()).isTrue();
      first.add((RecipeItem.Chunk) cursor.item());
    }
    chunks.damage(first.getFirst().id());

    assertThatThrownBy(() -> archive(source, 2))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("checkpoint " + ID + " is damaged at 'rootfs-diff.tar': ");
  }

  private CheckpointStore store(ChunkStore chunks) throws IOException {
    return CheckpointStore.open(chunks, scratch.resolve("store" + scratch.toFile().list().length));
  }

  static byte[] archive(CheckpointStore store, int threads) throws IOException {
    var out = new ByteArrayOutputStream();
    try (StoredCheckpoint checkpoint = store.read(store.list().getLast())) {
      ArchiveFileWriter.write(checkpoint, out, TransferProgress.NONE, threads);
    }
    return out.toByteArray();
  }

  static CheckpointManifest read(byte[] archive, CheckpointStore target) throws IOException {
    return read(new ByteArrayInputStream(archive), target, PLENTY);
  }

  static CheckpointManifest read(InputStream archive, CheckpointStore target, ArchiveLimits limits)
      throws IOException {
    try (var reader = ArchiveFileReader.open(archive);
        CheckpointWriter writer = target.begin()) {
      reader.readInto(writer, limits, TransferProgress.NONE);
      writer.commit(reader.manifest().checkpoint());
      return reader.manifest();
    }
  }

  private static Map<String, byte[]> contents(CheckpointStore store) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (StoredCheckpoint checkpoint = store.read(ID)) {
      for (var file : checkpoint.manifest().files()) {
        contents.put(file.path(), checkpoint.file(file.path()).stream().readAllBytes());
      }
    }
    return contents;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
