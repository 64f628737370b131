package org.letargo.archive.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.letargo.archive.checkpoint.Buffers;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.store.ChunkId;

/**
 * A file that is kept as it is: its pieces have their places in a checkpoint before they are read.
 * Read as a whole when the first of them is waited for. For one thread at a time.
 */
final class LateFile {
  private final MemberContents.Opener kept;
  private final Buffers buffers;
  private final ContentSink sink;
  private final List<Piece> pieces = new ArrayList<>();
  private boolean isRead;

  LateFile(MemberContents.Opener kept, Buffers buffers, ContentSink sink) {
    this.kept = kept;
    this.buffers = buffers;
    this.sink = sink;
  }

  /** Whoever waits for it has the file read. */
  private final class Piece extends CompletableFuture<ChunkId> {
    private final long offset;
    private final int lengthBytes;

    Piece(long offset, int lengthBytes) {
      this.offset = offset;
      this.lengthBytes = lengthBytes;
    }

    @Override
    public ChunkId get() throws InterruptedException, ExecutionException {
      read();
      return super.get();
    }
  }

  /** The id of a piece, which is known once somebody has waited for one. */
  CompletableFuture<ChunkId> piece(long offset, int lengthBytes) {
    var piece = new Piece(offset, lengthBytes);
    pieces.add(piece);
    return piece;
  }

  private void read() {
    if (isRead) {
      return;
    }
    isRead = true;
    try (FileChannel channel = kept.open()) {
      for (Piece piece : pieces) {
        store(channel, piece);
      }
    } catch (IOException | RuntimeException e) {
      pieces.forEach(piece -> piece.completeExceptionally(e)); // those that are done stay so
    }
  }

  private void store(FileChannel channel, Piece piece) throws IOException {
    ByteBuffer buffer = buffers.take().limit(piece.lengthBytes);
    boolean whole = false;
    try {
      while (buffer.hasRemaining() && channel.read(buffer, piece.offset + buffer.position()) > 0) {
        // until the piece is there or the file ends
      }
      whole = !buffer.hasRemaining();
    } finally {
      if (!whole) {
        buffers.give(buffer);
      }
    }
    if (!whole) {
      throw new EOFException("a file that is kept has become shorter");
    }
    sink.store(buffer.flip(), () -> buffers.give(buffer))
        .whenComplete((id, failure) -> {
          if (failure == null) {
            piece.complete(id);
          } else {
            piece.completeExceptionally(failure);
          }
        });
  }
}
