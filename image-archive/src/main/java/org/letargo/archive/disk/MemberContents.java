package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.letargo.archive.FileWorkers;
import org.letargo.archive.checkpoint.Buffers;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.store.ChunkId;

/**
 * Puts the content of files into a checkpoint: what an index knows is only named, all else is read
 * and cut at every 256 KiB of the file it belongs to. Writes down for the next index what each file
 * was made of. For one thread.
 */
final class MemberContents {
  /** Where files are cut: large enough to be cheap, small enough to share what did not change. */
  private static final int CUT_BYTES = 256 << 10;

  /** 4 MiB on their way to the store. */
  private static final int BUFFERS = 16;

  /** Below it a file is read as quickly as it is kept. */
  private static final int MIN_LATE_BYTES = 256 << 10;

  /** Of 100 GiB of data; larger files are read every time. */
  private static final int MAX_ENTRY_BYTES = 16 << 20;

  private final DiskIndex known;
  private final DiskIndexWriter next;
  private final ContentSink sink;
  private final Buffers buffers = new Buffers(CUT_BYTES, BUFFERS);
  private final Deque<Piece> pieces = new ArrayDeque<>(); // hardly more than there are buffers
  private DiskReads reads = DiskReads.NONE;

  /** Part of a file; the one without bytes is its end. */
  private record Piece(Unfinished file, int lengthBytes, Optional<CompletableFuture<ChunkId>> id) {}

  /** A file of which some chunks are on their way. */
  private static final class Unfinished {
    private final FileStatus status;
    private final MemberEntry entry;
    private final boolean kept;

    Unfinished(FileStatus status, SparseMap data, boolean kept) {
      this.status = status;
      this.entry = new MemberEntry(data);
      this.kept = kept;
    }
  }

  /** Opens a file when it turns out that it must be read. */
  @FunctionalInterface
  interface Opener {
    FileChannel open() throws IOException;

    /** What it holds now, to be read later; empty if that is not kept. */
    default Optional<Opener> kept() throws IOException {
      return Optional.empty();
    }
  }

  MemberContents(DiskIndex known, DiskIndexWriter next, ContentSink sink) {
    this.known = known;
    this.next = next;
    this.sink = sink;
  }

  /** What was read, and what was known, so far. */
  DiskReads reads() {
    return reads;
  }

  /**
   * Puts the content of one file.
   *
   * @param mayBeKnown whether the index may be asked
   * @param mayBeKept whether what is read now may be known next time
   * @return false if the file has become shorter
   */
  boolean put(
      Opener file,
      FileStatus status,
      SparseMap data,
      Predicate<FileStatus> mayBeKnown,
      Predicate<FileStatus> mayBeKept)
      throws IOException {
    Optional<ByteBuffer> entry = mayBeKnown.test(status) ? known.find(status) : Optional.empty();
    if (entry.isPresent() && MemberEntry.replay(entry.get(), data, sink)) {
      reads = reads.plusKnown(data.dataBytes());
      next.add(status, entry.get()); // it was sure when it was written, and nothing has changed
      return true;
    }
    var read = new Unfinished(status, data, mayBeKept.test(status));
    Optional<Opener> kept = data.dataBytes() < MIN_LATE_BYTES ? Optional.empty() : file.kept();
    if (kept.isPresent()) {
      late(kept.get(), data, read);
      return true;
    }
    if (data.count() > 0) {
      try (FileChannel channel = file.open()) {
        for (int i = 0; i < data.count(); i++) {
          if (!read(channel, data.offset(i), data.length(i), read)) {
            return false;
          }
        }
      }
    }
    pieces.add(new Piece(read, 0, Optional.empty()));
    reads = reads.plusRead(data.dataBytes());
    return true;
  }

  private void late(Opener kept, SparseMap data, Unfinished file) throws IOException {
    var late = new LateFile(kept, buffers, sink);
    for (int i = 0; i < data.count(); i++) {
      long end = data.offset(i) + data.length(i);
      for (long at = data.offset(i); at < end; ) {
        int length = (int) Math.min(end - at, CUT_BYTES - at % CUT_BYTES);
        CompletableFuture<ChunkId> id = late.piece(at, length);
        pieces.add(new Piece(file, length, Optional.of(id)));
        sink.late(length, id);
        at += length;
      }
    }
    pieces.add(new Piece(file, 0, Optional.empty()));
    reads = reads.plusLate(data.dataBytes());
  }

  private boolean read(FileChannel channel, long offset, long lengthBytes, Unfinished file)
      throws IOException {
    long end = offset + lengthBytes;
    for (long at = offset; at < end; ) {
      int length = (int) Math.min(end - at, CUT_BYTES - at % CUT_BYTES);
      ByteBuffer buffer = buffers.take().limit(length);
      boolean whole = false;
      try {
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {
          // until the piece is there or the file ends
        }
        whole = !buffer.hasRemaining();
      } finally {
        if (!whole) {
          buffers.give(buffer);
        }
      }
      if (!whole) {
        return false;
      }
      pieces.add(new Piece(file, length, sink.chunk(buffer.flip(), () -> buffers.give(buffer))));
      at += length;
      while (!pieces.isEmpty() && isDone(pieces.peek())) {
        place(pieces.remove());
      }
    }
    return true;
  }

  private static boolean isDone(Piece piece) {
    return piece.id.isEmpty() || piece.id.get().isDone();
  }

  private void place(Piece piece) throws IOException {
    Unfinished file = piece.file;
    if (!file.kept || file.entry.lengthBytes() > MAX_ENTRY_BYTES) {
      return;
    }
    if (piece.lengthBytes == 0) {
      next.add(file.status, file.entry.bytes());
    } else if (piece.id.isEmpty()) {
      file.entry.zeros(piece.lengthBytes);
    } else {
      file.entry.chunk(piece.lengthBytes, FileWorkers.get(piece.id.get()));
    }
  }

  /** Waits for the chunks of all files. */
  void finish() throws IOException {
    while (!pieces.isEmpty()) {
      place(pieces.remove());
    }
  }
}
