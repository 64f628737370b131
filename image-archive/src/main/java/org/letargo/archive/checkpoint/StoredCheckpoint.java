package org.letargo.archive.checkpoint;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.DurableFiles;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkStore;

/**
 * A checkpoint that is being read. While this is open nothing of it is collected, even if it is
 * forgotten meanwhile. May be used by several threads.
 */
public final class StoredCheckpoint implements Closeable {
  private final CheckpointStore store;
  private final ChunkStore chunks;
  private final CheckpointManifest manifest;

  StoredCheckpoint(CheckpointStore store, ChunkStore chunks, CheckpointManifest manifest) {
    this.store = store;
    this.chunks = chunks;
    this.manifest = manifest;
  }

  /** What it holds. */
  public CheckpointManifest manifest() {
    return manifest;
  }

  /**
   * Opens a file.
   *
   * @throws NoSuchFileException if the checkpoint has none of this path
   */
  public StoredFile file(String path) throws IOException {
    return file(require(path));
  }

  StoredFile file(CheckpointFile file) {
    return new StoredFile(chunks, recipe(file), new Errors(file.path()));
  }

  /**
   * Writes a file as a new file of the disk, 0600, several chunks at once. Runs of zeros become
   * holes. It is not made durable. On failure it may be left behind.
   *
   * @throws ArchiveException CORRUPT, naming the file and the chunk
   */
  public void materialise(String path, Path target) throws IOException {
    CheckpointFile file = require(path);
    try (FileChannel channel = DurableFiles.create(target);
        var reader = new ContentReader(chunks)) {
      reader.copy(recipe(file), channel);
    } catch (ChunkException | ArchiveException e) {
      throw new Errors(path).in(e);
    }
  }

  /**
   * Reads every byte of it.
   *
   * @throws ArchiveException CORRUPT, naming the file and the chunk
   */
  public void verify(TransferProgress progress) throws IOException {
    try (Transfer transfer = transfer(progress)) {
      for (CheckpointFile file : manifest.files()) {
        transfer.verify(file);
      }
    }
  }

  /** Begins to read whole files, one after the other. */
  public Transfer transfer(TransferProgress progress) {
    return new Transfer(progress);
  }

  /** The recipe of a file. */
  public Recipe recipe(CheckpointFile file) {
    return Recipe.of(chunks::read, file.rootId(), file.sizeBytes());
  }

  /**
   * Names parts of a file without reading them.
   *
   * @throws NoSuchFileException if the checkpoint has none of this path
   */
  public ContentIds contentIds(String path) throws IOException {
    return new ContentIds(recipe(require(path)), new Errors(path));
  }

  /** A new file for what does not fit into memory; it goes when it is closed. */
  public FileChannel spool() throws IOException {
    return store.spool();
  }

  /** The chunks that it lies in. */
  public ChunkStore chunks() {
    return chunks;
  }

  private CheckpointFile require(String path) throws NoSuchFileException {
    return manifest
        .file(path)
        .orElseThrow(() ->
            new NoSuchFileException(
                path, null, "checkpoint " + manifest.checkpoint().id() + " has no such file"));
  }

  /** Lets go. */
  @Override
  public void close() {
    store.released(this);
  }

  /** Reads whole files with some threads, which end when it is closed. For one thread. */
  public final class Transfer implements Closeable {
    private final TransferProgress progress;
    private final ContentReader reader = new ContentReader(chunks);
    private long doneBytes;

    private Transfer(TransferProgress progress) {
      this.progress = progress;
    }

    /** Writes a file's content to a stream, which stays open. */
    public void copy(CheckpointFile file, OutputStream out) throws IOException {
      try {
        reader.copy(recipe(file), out, this::advance);
      } catch (ChunkException | ArchiveException e) {
        throw new Errors(file.path()).in(e);
      }
    }

    void verify(CheckpointFile file) throws IOException {
      try {
        reader.verify(recipe(file), this::advance);
      } catch (ChunkException | ArchiveException e) {
        throw new Errors(file.path()).in(e);
      }
    }

    private void advance(long bytes) {
      doneBytes += bytes;
      progress.on(doneBytes, manifest.totalBytes());
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  /** Says of damage where it is. */
  final class Errors {
    private final String path;

    Errors(String path) {
      this.path = path;
    }

    /** What to throw instead of a failure that chunks or recipes had. */
    ArchiveException in(Exception e) throws IOException {
      String where = "checkpoint " + manifest.checkpoint().id() + " is damaged at " + quoted(path);
      return switch (e) {
        case ChunkException chunk -> ArchiveException.corrupt(where, chunk.getMessage(), chunk);
        case ArchiveException archive when archive.kind() == ArchiveException.Kind.CORRUPT ->
            ArchiveException.corrupt(where, archive.what() + ", " + archive.why(), archive);
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        default -> throw new IllegalStateException(e);
      };
    }
  }
}
