package org.letargo.archive;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The tar inside an archive, decompressed a few frames ahead of its reader. Used by one thread; the
 * stream given stays open, it is the caller's. First {@link #first}, then {@link #expect}, then
 * reading, then {@link #finish}.
 */
public final class FrameInputStream extends InputStream {
  /** Two threads decompress more than one thread can hash; more would only cost memory. */
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 2);

  private static final int MAX_FRAMES = THREADS + 1;

  private final FrameReader reader;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("archive-unzstd-", 0).daemon().factory());
  private final FrameFormat.SeekTable seekTable = new FrameFormat.SeekTable();
  private final List<Slot> all = new ArrayList<>();
  private final Deque<Slot> idle = new ArrayDeque<>();
  private final Deque<Future<Slot>> inFlight = new ArrayDeque<>();
  private long toCome; // bytes of tar in frames not yet taken in
  private Slot current;
  private int position;

  public FrameInputStream(InputStream in) {
    reader = new FrameReader(in);
  }

  /** The content of the first frame, which is read alone: the manifest's entry. */
  public byte[] first() throws IOException {
    FrameReader.Frame frame =
        reader.next(new byte[0], TarHeaders.BLOCK, FrameFormat.MAX_FIRST_FRAME_BYTES);
    byte[] raw = new byte[frame.rawBytes()];
    try (var context = new ZstdDecompressCtx()) {
      decompress(context, frame, raw);
    }
    seekTable.add(frame.packedBytes(), frame.rawBytes());
    return raw;
  }

  /** Says how many bytes of tar follow; every further frame must have exactly its share. */
  public void expect(long tarBytes) {
    toCome = tarBytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  /** Reads some bytes; -1 when all that was expected has been read. */
  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (current == null || position == current.frame.rawBytes()) {
      if (!advance()) {
        return -1;
      }
    }
    int n = Math.min(length, current.frame.rawBytes() - position);
    System.arraycopy(current.raw, position, target, offset, n);
    position += n;
    return n;
  }

  /** Checks what follows the last frame, and that nothing follows that. */
  public void finish() throws IOException {
    if (toCome > 0 || !inFlight.isEmpty()) {
      throw new IllegalStateException("frames have not been read");
    }
    reader.finish(seekTable);
  }

  private boolean advance() throws IOException {
    if (current != null) {
      idle.push(current);
      current = null;
    }
    while (toCome > 0 && inFlight.size() < MAX_FRAMES) {
      takeIn();
    }
    if (inFlight.isEmpty()) {
      return false;
    }
    current = FileWorkers.get(inFlight.remove());
    position = 0;
    return true;
  }

  private void takeIn() throws IOException {
    int expected = (int) Math.min(toCome, FrameFormat.FRAME_BYTES);
    Slot slot = idle.isEmpty() ? newSlot() : idle.pop();
    slot.frame = reader.next(slot.packed, expected, expected);
    toCome -= expected;
    seekTable.add(slot.frame.packedBytes(), expected);
    inFlight.add(
        threads.submit(() -> {
          decompress(slot.context, slot.frame, slot.raw);
          return slot;
        }));
  }

  private Slot newSlot() {
    var slot = new Slot();
    all.add(slot);
    return slot;
  }

  private static void decompress(ZstdDecompressCtx context, FrameReader.Frame frame, byte[] raw) {
    int n;
    try {
      n =
          context.decompressByteArray(
              raw, 0, frame.rawBytes(), frame.packed(), 0, frame.packedBytes());
    } catch (ZstdException e) {
      throw ArchiveException.corrupt(
          "the archive is damaged", "a frame cannot be decompressed, " + e.getMessage(), e);
    }
    if (n != frame.rawBytes()) {
      throw ArchiveException.corrupt(
          "the archive is damaged", "a frame has less content than it claims");
    }
  }

  /** Frees threads and buffers. */
  @Override
  public void close() {
    inFlight.forEach(frame -> frame.cancel(false));
    threads.close();
    all.forEach(slot -> slot.context.close());
  }

  /** A frame's buffers, used again and again, by one thread at a time. */
  private static final class Slot {
    private final byte[] packed = new byte[FrameFormat.MAX_PACKED_BYTES];
    private final byte[] raw = new byte[FrameFormat.FRAME_BYTES];
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private FrameReader.Frame frame;
  }
}
