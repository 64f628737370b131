package org.letargo.archive.file;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.FileWorkers;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * Receives chunks from an {@link AheadSender} into a store that lacks them. Everything that comes
 * is hostile: no length is believed before it has been checked, and what is stored has the hash
 * that was offered. For one thread; the streams given stay open.
 */
public final class AheadReceiver implements Closeable {
  /** Under way to the store. */
  private static final int MAX_IN_FLIGHT_BYTES = 4 << 20;

  private final InputStream in;
  private final OutputStream wish;
  private final ContentSink store;
  private final LongConsumer received;
  private final Deque<InFlight> inFlight = new ArrayDeque<>();
  private int inFlightBytes;
  private long bytes;

  private record InFlight(ByteBuffer content, ChunkId expected, CompletableFuture<ChunkId> found) {}

  private AheadReceiver(
      InputStream in, OutputStream wish, ContentSink store, LongConsumer received) {
    this.in = in;
    this.wish = wish;
    this.store = store;
    this.received = received;
  }

  /**
   * Receives until the sender ends the stream.
   *
   * @param wish where the answers go; flushed
   * @param store keeps what comes; the caller decides for how long
   * @param received hears after each offer how much content has come in all
   * @return that number at the end
   * @throws ArchiveException REFUSED or CORRUPT
   * @throws EOFException if the sender is gone in the middle of something
   */
  public static long receive(
      InputStream in, OutputStream wish, ContentSink store, LongConsumer received)
      throws IOException {
    try (var receiver = new AheadReceiver(in, wish, store, received)) {
      receiver.run();
      return receiver.bytes;
    }
  }

  private void run() throws IOException {
    byte[] magic = new byte[AheadFormat.MAGIC.length];
    readFully(magic, magic.length);
    if (!Arrays.equals(magic, AheadFormat.MAGIC)) {
      throw refused("what comes does not begin like chunks that are sent ahead");
    }
    while (true) {
      int first = in.read();
      if (first < 0) {
        awaitStored(0);
        return;
      }
      int count = first | rest() << Byte.SIZE;
      if (count == 0) {
        awaitStored(0);
        wish.write(AheadFormat.STORED);
        wish.flush();
      } else if (count < 0 || count > AheadFormat.MAX_OFFERED) {
        throw refused("it offers " + Integer.toUnsignedString(count) + " chunks at once");
      } else {
        take(count);
        received.accept(bytes);
      }
    }
  }

  /** The three bytes behind the first of a number; more than 23 bits are refused as they are. */
  private int rest() throws IOException {
    byte[] bytes = new byte[Integer.BYTES];
    readFully(bytes, Integer.BYTES - 1);
    return TransferFormat.length(bytes);
  }

  private void take(int count) throws IOException {
    int[] lengths = new int[count];
    ChunkId[] ids = new ChunkId[count];
    BitSet wanted = new BitSet(count);
    byte[] hash = new byte[ChunkId.BYTES];
    byte[] number = new byte[Integer.BYTES];
    for (int i = 0; i < count; i++) {
      readFully(number, number.length);
      lengths[i] = TransferFormat.length(number);
      if (lengths[i] < 1 || lengths[i] > ChunkStore.MAX_CHUNK_BYTES) {
        throw refused("it offers a chunk of " + Integer.toUnsignedString(lengths[i]) + " bytes");
      }
      readFully(hash, hash.length);
      ids[i] = ChunkId.of(hash);
      wanted.set(i, !store.retain(ids[i]));
    }
    wish.write(Arrays.copyOf(wanted.toByteArray(), (count + 7) / 8));
    wish.flush();
    for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
      awaitStored(MAX_IN_FLIGHT_BYTES - lengths[i]);
      store(
          ByteBuffer.wrap(
              TransferFormat.readContent(this::readFully, lengths[i], AheadReceiver::damaged)),
          ids[i]);
    }
  }

  private void store(ByteBuffer content, ChunkId expected) throws IOException {
    Optional<CompletableFuture<ChunkId>> found = store.chunk(content.duplicate(), () -> {});
    if (found.isPresent()) {
      inFlight.add(new InFlight(content, expected, found.get()));
      inFlightBytes += content.remaining();
    } else {
      require(content, expected);
    }
    bytes += content.remaining();
  }

  /** Waits until not more than so many bytes are under way. */
  private void awaitStored(int leftBytes) throws IOException {
    while (!inFlight.isEmpty() && inFlightBytes > leftBytes) {
      InFlight oldest = inFlight.remove();
      inFlightBytes -= oldest.content.remaining();
      if (!FileWorkers.get(oldest.found).equals(oldest.expected)) {
        require(oldest.content, oldest.expected); // an encrypted store has its own names
      }
    }
  }

  private static void require(ByteBuffer content, ChunkId expected) {
    if (!PlainRecipes.sha256(content).equals(expected)) {
      throw damaged("a chunk does not have the SHA-256 that was offered");
    }
  }

  private static ArchiveException damaged(String why) {
    return ArchiveException.corrupt("what is sent ahead is damaged", why);
  }

  private static ArchiveException refused(String why) {
    return ArchiveException.refused("what is sent ahead is refused", why);
  }

  private void readFully(byte[] target, int length) throws IOException {
    if (in.readNBytes(target, 0, length) < length) {
      throw new EOFException("the sender has gone");
    }
  }

  /** Waits until the store has let go of the buffers; what comes of it does not matter. */
  @Override
  public void close() {
    inFlight.forEach(chunk -> chunk.found.exceptionally(_ -> chunk.expected).join());
  }
}
