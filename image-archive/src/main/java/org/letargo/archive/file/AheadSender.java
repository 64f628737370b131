package org.letargo.archive.file;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.FileWorkers;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.checkpoint.FileWriter;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.StoreFullException;
import org.letargo.archive.store.pack.HeldChunks;

/**
 * Sends chunks to an {@link AheadReceiver} before anybody knows which of them a checkpoint will
 * name. What it is given it also keeps in the store here, so that the checkpoint finds it. Each
 * content is offered once. For one thread; the streams given stay open.
 */
public final class AheadSender implements ContentSink, Closeable {
  private final ContentSink store;
  private final boolean plainNames;
  private final boolean packed;
  private final InputStream wish;
  private final OutputStream out;
  private final HeldChunks offered = new HeldChunks();
  private final List<Piece> batch = new ArrayList<>();
  private int batchBytes;
  private boolean storeIsFull;
  private long newBytes;
  private long askedBytes;

  private record Piece(ByteBuffer content, Optional<CompletableFuture<ChunkId>> stored) {}

  private record Offer(ChunkId id, ByteBuffer content) {}

  /**
   * Begins.
   *
   * @param store keeps what is given, as long as there is room; stays the caller's
   * @param plainNames whether that store names chunks by their plain SHA-256
   * @param packed whether chunks are packed by zstd, where that makes them shorter
   * @param wish what the receiver answers
   */
  public static AheadSender begin(
      ContentSink store, boolean plainNames, boolean packed, InputStream wish, OutputStream out)
      throws IOException {
    out.write(AheadFormat.MAGIC);
    return new AheadSender(store, plainNames, packed, wish, out);
  }

  private AheadSender(
      ContentSink store, boolean plainNames, boolean packed, InputStream wish, OutputStream out) {
    this.store = store;
    this.plainNames = plainNames;
    this.packed = packed;
    this.wish = wish;
    this.out = out;
  }

  /**
   * Goes on with one chunk; it is copied, and released at once. Sends what has been collected when
   * that is much.
   *
   * @return its name in the store here, at some time; empty if it is all zeros, which nobody keeps,
   *     or the store is full
   * @throws EOFException if the receiver is gone
   */
  @Override
  public Optional<CompletableFuture<ChunkId>> chunk(ByteBuffer content, Runnable release)
      throws IOException {
    ByteBuffer copy = ByteBuffer.allocate(content.remaining()).put(content.duplicate()).flip();
    release.run();
    if (FileWriter.isZero(copy)) {
      return Optional.empty();
    }
    Optional<CompletableFuture<ChunkId>> stored = keep(copy);
    batch.add(new Piece(copy, stored));
    batchBytes += copy.remaining();
    if (batch.size() >= AheadFormat.MAX_OFFERED
        || batchBytes > AheadFormat.MAX_OFFERED_BYTES - ChunkStore.MAX_CHUNK_BYTES) {
      offer();
    }
    return stored;
  }

  private Optional<CompletableFuture<ChunkId>> keep(ByteBuffer content) throws IOException {
    if (storeIsFull) {
      return Optional.empty();
    }
    try {
      return store.chunk(content.duplicate(), () -> {});
    } catch (StoreFullException e) {
      storeIsFull = true;
      return Optional.empty();
    }
  }

  /** Stores it here; who has a place for it already sends it with its checkpoint. */
  @Override
  public CompletableFuture<ChunkId> store(ByteBuffer content, Runnable release) throws IOException {
    return store.store(content, release);
  }

  @Override
  public void late(int lengthBytes, CompletableFuture<ChunkId> id) {
    // nothing names it yet
  }

  @Override
  public boolean retain(ChunkId id) throws IOException {
    return store.retain(id);
  }

  @Override
  public void known(int lengthBytes, ChunkId id) {
    // it was given before
  }

  @Override
  public void zeros(long lengthBytes) {
    // nobody keeps them
  }

  private void offer() throws IOException {
    List<Offer> offers = new ArrayList<>();
    for (Piece piece : batch) {
      ChunkId id = plainId(piece);
      if (offered.add(id)) {
        offers.add(new Offer(id, piece.content));
        newBytes += piece.content.remaining();
      }
    }
    batch.clear();
    batchBytes = 0;
    if (offers.isEmpty()) {
      return;
    }
    out.write(TransferFormat.length(offers.size()));
    for (Offer offer : offers) {
      out.write(TransferFormat.length(offer.content.remaining()));
      out.write(offer.id.bytes());
    }
    out.flush();
    BitSet wanted = BitSet.valueOf(answer((offers.size() + 7) / 8));
    for (int i = 0; i < offers.size(); i++) {
      if (wanted.get(i)) {
        ByteBuffer content = offers.get(i).content;
        TransferFormat.writeContent(content.array(), packed, out);
        askedBytes += content.remaining();
      }
    }
  }

  /** A store that is full does not end the journey: the checkpoint may still fit. */
  private ChunkId plainId(Piece piece) throws IOException {
    if (piece.stored.isPresent()) {
      try {
        ChunkId id = FileWorkers.get(piece.stored.get());
        if (plainNames) {
          return id;
        }
      } catch (StoreFullException e) {
        storeIsFull = true;
      }
    }
    return PlainRecipes.sha256(piece.content.duplicate());
  }

  private byte[] answer(int length) throws IOException {
    byte[] answer = wish.readNBytes(length);
    if (answer.length < length) {
      throw new EOFException("the receiver has gone");
    }
    return answer;
  }

  /**
   * Sends what has been collected and waits until the receiver has stored all of it. Called now and
   * then when there is nothing to send, it shows that the receiver is still there.
   *
   * @throws EOFException if it is gone
   */
  public void sync() throws IOException {
    offer();
    stillHere();
    if (answer(1)[0] != AheadFormat.STORED) {
      throw new IOException("the receiver answers what is no answer");
    }
  }

  /**
   * Shows the receiver that the sender is still there. It answers one byte, which the caller reads.
   */
  public void stillHere() throws IOException {
    out.write(TransferFormat.length(0));
    out.flush();
  }

  /** Content that was not given before. */
  public long newBytes() {
    return newBytes;
  }

  /** Content that the receiver has asked for; what travels may be shorter. */
  public long askedBytes() {
    return askedBytes;
  }

  /** Whether the store here had no more room at some time. */
  public boolean storeIsFull() {
    return storeIsFull;
  }

  /** Waits until the store has let go of what it was given. */
  @Override
  public void close() {
    batch.forEach(piece -> piece.stored.ifPresent(id -> id.exceptionally(_ -> null).join()));
  }
}
