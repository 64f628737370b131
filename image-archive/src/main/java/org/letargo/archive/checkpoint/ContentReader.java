package org.letargo.archive.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.FileWorkers;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkStore;

/**
 * Reads content by its recipe, some chunks at once, each checked by the store. Memory is bounded:
 * per thread a few hundred KiB. For one thread, which closes it.
 */
final class ContentReader implements Closeable {
  /** Chunks that one task reads: enough to make the task itself cheap. */
  private static final int PIECE_BYTES = 256 << 10;

  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);

  private final ChunkStore chunks;
  private final ExecutorService threads;
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();
  private final Deque<Future<Piece>> inFlight = new ArrayDeque<>();

  ContentReader(ChunkStore chunks) {
    this.chunks = chunks;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("chunk-read-", 0).daemon().factory());
  }

  /** Some items that follow each other, none of them cut. */
  private static final class Piece {
    private final long offset;
    private final List<RecipeItem> items = new ArrayList<>();
    private int lengthBytes;
    private ByteBuffer content = ByteBuffer.allocate(0);

    Piece(long offset) {
      this.offset = offset;
    }

    void add(RecipeItem item) {
      items.add(item);
      lengthBytes += (int) item.lengthBytes();
    }
  }

  @FunctionalInterface
  private interface Sink {
    void take(Piece piece) throws IOException;
  }

  /**
   * Writes all content to a stream, which stays open.
   *
   * @param done hears on this thread how many bytes more were written
   */
  void copy(Recipe recipe, OutputStream out, LongConsumer done) throws IOException {
    readAll(
        recipe,
        true,
        piece -> {
          out.write(piece.content.array(), 0, piece.content.limit());
          done.accept(piece.content.limit());
        });
  }

  /** Reads all content and forgets it: the store has compared every hash. */
  void verify(Recipe recipe, LongConsumer done) throws IOException {
    readAll(recipe, false, piece -> done.accept(piece.content.limit()));
  }

  /** Writes all content to a new file; runs of zeros become holes. */
  void copy(Recipe recipe, FileChannel target) throws IOException {
    readAll(
        recipe,
        false,
        piece -> {
          for (long at = piece.offset; piece.content.hasRemaining(); ) {
            at += target.write(piece.content, at);
          }
        });
    if (target.size() < recipe.sizeBytes()) { // it ends in zeros
      target.write(ByteBuffer.allocate(1), recipe.sizeBytes() - 1);
    }
  }

  private void readAll(Recipe recipe, boolean zeros, Sink sink) throws IOException {
    RecipeCursor cursor = recipe.begin();
    var piece = new Piece(0);
    while (cursor.next()) {
      RecipeItem item = cursor.item();
      if (item instanceof RecipeItem.Zeros run && (!zeros || run.lengthBytes() > PIECE_BYTES)) {
        start(piece, sink);
        if (zeros) {
          zeros(run.lengthBytes(), cursor.offset(), sink);
        }
        piece = new Piece(cursor.end());
        continue;
      }
      piece.add(item);
      if (piece.lengthBytes >= PIECE_BYTES) {
        start(piece, sink);
        piece = new Piece(cursor.end());
      }
    }
    start(piece, sink);
    while (!inFlight.isEmpty()) {
      takeOldest(sink);
    }
  }

  private void zeros(long lengthBytes, long offset, Sink sink) throws IOException {
    for (long done = 0; done < lengthBytes; ) {
      var piece = new Piece(offset + done);
      piece.add(new RecipeItem.Zeros(Math.min(PIECE_BYTES, lengthBytes - done)));
      done += piece.lengthBytes;
      start(piece, sink);
    }
  }

  private void start(Piece piece, Sink sink) throws IOException {
    if (piece.lengthBytes == 0) {
      return;
    }
    while (inFlight.size() > THREADS) {
      takeOldest(sink);
    }
    ByteBuffer buffer = idle.isEmpty() ? ByteBuffer.allocate(PIECE_BYTES) : idle.pop();
    piece.content =
        buffer.capacity() >= piece.lengthBytes ? buffer : ByteBuffer.allocate(piece.lengthBytes);
    inFlight.add(threads.submit(() -> read(piece)));
  }

  private void takeOldest(Sink sink) throws IOException {
    Piece piece = FileWorkers.get(inFlight.remove());
    sink.take(piece);
    if (piece.content.capacity() == PIECE_BYTES) {
      idle.push(piece.content);
    }
  }

  private Piece read(Piece piece) throws IOException {
    piece.content.clear();
    for (RecipeItem item : piece.items) {
      read(chunks, item, piece.content);
    }
    piece.content.flip();
    return piece;
  }

  /** Puts the content of an item, whole, behind what is in a buffer of the heap. */
  static void read(ChunkStore chunks, RecipeItem item, ByteBuffer into) throws IOException {
    switch (item) {
      case RecipeItem.Chunk chunk -> {
        int limit = into.limit();
        into.limit(into.position() + chunk.length());
        try {
          chunks.read(chunk.id(), into);
        } catch (BufferOverflowException e) {
          throw otherLength(chunk);
        }
        if (into.hasRemaining()) {
          throw otherLength(chunk);
        }
        into.limit(limit);
      }
      case RecipeItem.Literal literal ->
          into.put(literal.bytes(), literal.offset(), literal.length());
      case RecipeItem.Zeros run -> {
        int end = into.position() + Math.toIntExact(run.lengthBytes());
        java.util.Arrays.fill(into.array(), into.position(), end, (byte) 0);
        into.position(end);
      }
    }
  }

  private static ArchiveException otherLength(RecipeItem.Chunk chunk) {
    return ArchiveException.corrupt(
        "a recipe is wrong", "chunk " + chunk.id() + " does not have " + chunk.length() + " bytes");
  }

  @Override
  public void close() {
    inFlight.forEach(piece -> piece.cancel(false));
    threads.close();
  }
}
