package org.letargo.archive.checkpoint;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.CheckpointLayout;
import org.letargo.archive.DurableFiles;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * Checkpoints in a chunk store: a folder of manifests, and chunks behind them. A checkpoint exists
 * from the instant its manifest is in place until that is removed. All methods may be called by any
 * thread at any time. The chunk store is the caller's, who closes it.
 */
public final class CheckpointStore {
  private static final String SUFFIX = ".json";
  private static final String SPOOL_SUFFIX = ".spool";
  private static final String LEFT_OVER = "*{" + SUFFIX + ".tmp," + SPOOL_SUFFIX + "}";

  private final ChunkStore chunks;
  private final Path folder;

  /** What is being read now: it stays until it is closed. */
  private final Set<StoredCheckpoint> open = ConcurrentHashMap.newKeySet();

  /** Held while manifests come, go, or are opened. */
  private final Object names = new Object();

  private CheckpointStore(ChunkStore chunks, Path folder) {
    this.chunks = chunks;
    this.folder = folder;
  }

  /**
   * Opens a store and removes what a writer left that died.
   *
   * @param folder of manifests; made if it is not there; nobody else writes to it
   */
  public static CheckpointStore open(ChunkStore chunks, Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(folder, DurableFiles.PRIVATE_DIRECTORY);
      DurableFiles.syncDirectory(folder.toAbsolutePath().getParent());
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, LEFT_OVER)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return new CheckpointStore(chunks, folder);
  }

  /** Begins a checkpoint. */
  public CheckpointWriter begin() {
    return new CheckpointWriter(this, chunks);
  }

  /** The ids of all checkpoints, oldest first. */
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .filter(CheckpointDescription::isId)
          .sorted()
          .toList();
    }
  }

  /**
   * Reads the manifest of a checkpoint, in milliseconds.
   *
   * @throws NoSuchFileException if there is no such checkpoint
   * @throws ArchiveException REFUSED or UNSUPPORTED if it is not a manifest of ours
   */
  public CheckpointManifest manifest(String id) throws IOException {
    byte[] json;
    try (InputStream in =
        Files.newInputStream(file(id), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      json =
          in.readNBytes(CheckpointLayout.MAX_MANIFEST_BYTES + 1); // parse refuses the one too many
    }
    CheckpointManifest manifest = CheckpointManifest.parse(json);
    if (!manifest.checkpoint().id().equals(id)) {
      throw ArchiveException.corrupt(
          "checkpoint " + id + " is damaged",
          "its manifest is that of " + quoted(manifest.checkpoint().id()));
    }
    return manifest;
  }

  /**
   * Opens a checkpoint to read it.
   *
   * @throws NoSuchFileException if there is no such checkpoint
   */
  public StoredCheckpoint read(String id) throws IOException {
    synchronized (names) {
      var checkpoint = new StoredCheckpoint(this, chunks, manifest(id));
      open.add(checkpoint);
      return checkpoint;
    }
  }

  /**
   * Removes a checkpoint, for good when this returns. Its chunks go with the next collection that
   * nobody else needs them in.
   *
   * @return whether there was one
   */
  public boolean forget(String id) throws IOException {
    synchronized (names) {
      boolean there = Files.deleteIfExists(file(id));
      DurableFiles.syncDirectory(folder);
      return there;
    }
  }

  /** Removes the chunks that no checkpoint needs, beside writers and readers. */
  public ChunkStore.Collected collect() throws IOException {
    return chunks.collect(this::forEachLive);
  }

  /**
   * Tells every chunk that a checkpoint needs, recipes included.
   *
   * @throws ArchiveException CORRUPT if a recipe cannot be read: nobody knows what it needs, so
   *     nothing may be removed before it is forgotten
   */
  public void forEachLive(Consumer<ChunkId> keep) throws IOException {
    var walk = new LiveWalk(chunks);
    for (String id : list()) {
      try {
        walk.mark(manifest(id), keep);
      } catch (NoSuchFileException e) {
        // forgotten meanwhile
      }
    }
    List<StoredCheckpoint> reading;
    synchronized (names) { // last: one may have been opened, and then forgotten, meanwhile
      reading = List.copyOf(open);
    }
    for (StoredCheckpoint checkpoint : reading) {
      walk.mark(checkpoint.manifest(), keep);
    }
  }

  /**
   * Finds all files that cannot be read whole, without reading their content.
   *
   * @param damaged what the chunk store has found to be damaged; what it does not have at all is
   *     found here
   * @param found hears of each file once
   */
  public void check(Predicate<ChunkId> damaged, Consumer<Damage> found) throws IOException {
    var walk = new DamageWalk(chunks, damaged, found);
    for (String id : list()) {
      try {
        walk.check(manifest(id));
      } catch (NoSuchFileException e) {
        // forgotten meanwhile
      } catch (ArchiveException e) {
        found.accept(new Damage(id, CheckpointLayout.MANIFEST, e.getMessage()));
      }
    }
  }

  /** A new file for what does not fit into memory, 0600; it goes when it is closed. */
  FileChannel spool() throws IOException {
    Path file = folder.resolve(UUID.randomUUID() + SPOOL_SUFFIX);
    return FileChannel.open(
        file,
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE),
        DurableFiles.PRIVATE_FILE);
  }

  /** Puts a manifest in place, for good when this returns. */
  void publish(CheckpointManifest manifest) throws IOException {
    Path file = file(manifest.checkpoint().id());
    synchronized (names) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(
            file.toString(), null, "there is a checkpoint of this id");
      }
      DurableFiles.replace(file, ByteBuffer.wrap(manifest.toJson()));
    }
  }

  void released(StoredCheckpoint checkpoint) {
    open.remove(checkpoint);
  }

  /** Only what has the form of an id becomes the name of a file. */
  private Path file(String id) throws NoSuchFileException {
    if (!CheckpointDescription.isId(id)) {
      throw new NoSuchFileException(quoted(id), null, "this is no id of a checkpoint");
    }
    return folder.resolve(id + SUFFIX);
  }

  /** For tests: the checkpoints that somebody reads. */
  List<StoredCheckpoint> reading() {
    return new ArrayList<>(open);
  }
}
