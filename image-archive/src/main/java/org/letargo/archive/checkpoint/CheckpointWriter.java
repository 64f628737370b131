package org.letargo.archive.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;

/**
 * A checkpoint while it is written. Nothing of it can be seen before {@link #commit}; closed before
 * that, it leaves nothing but chunks that nobody refers to. May be used by several threads: each
 * file is written by one, a few dozen side by side.
 */
public final class CheckpointWriter implements Closeable {
  /** 4 MiB on their way to the store: enough for many threads to hash. */
  private static final int WINDOWS = 64;

  private final CheckpointStore store;
  private final ChunkStore chunks;
  private final Buffers windows = new Buffers(FileWriter.CUT_BYTES, WINDOWS);

  /** The lock of what follows is this object's monitor. */
  private final SortedMap<String, CheckpointFile> files = new TreeMap<>();

  private final Set<String> begun = new HashSet<>();
  private final List<ChunkWriter> writers = new ArrayList<>();
  private final Deque<ChunkWriter> idle = new ArrayDeque<>();
  private boolean open = true;

  CheckpointWriter(CheckpointStore store, ChunkStore chunks) {
    this.store = store;
    this.chunks = chunks;
  }

  /**
   * Begins a file.
   *
   * @param path one of the names of {@link org.letargo.archive.CheckpointLayout#isAllowed}
   * @throws org.letargo.archive.ArchiveException REFUSED for another path, or one that is there
   */
  public synchronized FileWriter begin(String path) {
    requireOpen();
    if (!org.letargo.archive.CheckpointLayout.isAllowed(path)) {
      throw CheckpointFile.refused(path, "no checkpoint has a file of that name");
    }
    if (!begun.add(path)) {
      throw CheckpointFile.refused(path, "it is there already");
    }
    return new FileWriter(this, path, writer());
  }

  private ChunkWriter writer() {
    ChunkWriter writer = idle.poll();
    if (writer == null) {
      writer = chunks.writer();
      writers.add(writer);
    }
    return writer;
  }

  /** Begins to store chunks that a file will name later. */
  public synchronized ChunksAhead ahead() {
    requireOpen();
    return new ChunksAhead(this, writer());
  }

  /** Puts a whole file, cut every 64 KiB; the stream stays open. */
  public CheckpointFile file(String path, InputStream content) throws IOException {
    try (FileWriter file = begin(path)) {
      file.copy(content);
      return file.finish();
    }
  }

  /** Puts a whole file. */
  public CheckpointFile file(String path, byte[] content) throws IOException {
    return file(path, new java.io.ByteArrayInputStream(content));
  }

  /**
   * Puts a file that another checkpoint of this store has, without reading it. That one must be
   * open until this is committed, so that nothing of it is collected.
   */
  public synchronized void adopt(CheckpointFile file) {
    requireOpen();
    if (!begun.add(file.path())) {
      throw CheckpointFile.refused(file.path(), "it is there already");
    }
    files.put(file.path(), file);
  }

  /** Begins a {@code pages-N.img}. */
  public PagesWriter pages(String path) {
    return new PagesWriter(begin(path), windows);
  }

  /**
   * Makes everything durable and puts the manifest in place: from then on the checkpoint exists,
   * whatever happens. All files must be finished. Ends this writer.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is a checkpoint of this id
   */
  public synchronized CheckpointManifest commit(CheckpointDescription description)
      throws IOException {
    requireOpen();
    if (begun.size() > files.size()) {
      begun.removeAll(files.keySet());
      throw new IllegalStateException("files are not finished: " + begun);
    }
    for (ChunkWriter writer : writers) {
      writer.flush();
    }
    var manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, description, List.copyOf(files.values()));
    store.publish(manifest);
    close();
    return manifest;
  }

  /** What was put so far. */
  public synchronized ChunkWriter.Written written() {
    long putChunks = 0;
    long bytes = 0;
    long newChunks = 0;
    long storedBytes = 0;
    for (ChunkWriter writer : writers) {
      ChunkWriter.Written written = writer.written();
      putChunks += written.chunks();
      bytes += written.bytes();
      newChunks += written.newChunks();
      storedBytes += written.storedBytes();
    }
    return new ChunkWriter.Written(putChunks, bytes, newChunks, storedBytes);
  }

  /** A new file for what does not fit into memory; it goes when it is closed. */
  public FileChannel spool() throws IOException {
    return store.spool();
  }

  /** Buffers of 64 KiB that the writers of files share. */
  Buffers windows() {
    return windows;
  }

  synchronized void finished(CheckpointFile file, ChunkWriter writer) {
    files.put(file.path(), file);
    idle.push(writer);
  }

  synchronized void abandoned(String path, ChunkWriter writer) {
    begun.remove(path);
    idle.push(writer);
  }

  synchronized void done(ChunkWriter writer) {
    idle.push(writer);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the writer is closed");
    }
  }

  /** Gives everything up that was not committed. */
  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      writers.forEach(ChunkWriter::close);
    }
  }
}
