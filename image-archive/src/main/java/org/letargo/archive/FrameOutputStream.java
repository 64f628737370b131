package org.letargo.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;

/**
 * Cuts what is written to it into frames and compresses them side by side, in order, with bounded
 * memory. The bytes that come out do not depend on the number of threads. Used by one thread; the
 * stream given stays open, it is the caller's.
 */
public final class FrameOutputStream extends OutputStream {
  /**
   * Measured on 1 GiB of half-random pages, per thread: level 1 1.5 GB/s, level 2 1.1 GB/s, level 3
   * 0.7 GB/s; sizes 50.49, 50.49 and 50.37 per cent. Frames of 1, 2 and 4 MiB hardly differ.
   */
  private static final int LEVEL = 1;

  private final OutputStream out;
  private final int maxFrames;
  private final ExecutorService threads;
  private final Deque<Future<Frame>> inFlight = new ArrayDeque<>();
  private final Deque<Frame> idle = new ArrayDeque<>();
  private final FrameFormat.SeekTable seekTable = new FrameFormat.SeekTable();
  private final CRC32C crc = new CRC32C();
  private final List<Frame> all = new ArrayList<>();
  private Frame current;

  /**
   * @param threadCount how many frames are compressed side by side
   */
  public FrameOutputStream(OutputStream out, int threadCount) {
    this.out = out;
    this.maxFrames = threadCount + 2; // one being filled, one done and waiting for its turn
    this.threads =
        Executors.newFixedThreadPool(
            threadCount, Thread.ofPlatform().name("archive-zstd-", 0).daemon().factory());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      if (current == null) {
        current = nextFrame();
      }
      int n = Math.min(length - done, current.raw.length - current.rawBytes);
      System.arraycopy(bytes, offset + done, current.raw, current.rawBytes, n);
      current.rawBytes += n;
      done += n;
      if (current.rawBytes == current.raw.length) {
        compressCurrent();
      }
    }
  }

  /** Writes one frame of its own size at once, before any other: the manifest's. */
  public void writeFirst(byte[] content) throws IOException {
    try (var frame = new Frame(content)) {
      frame.rawBytes = content.length;
      put(frame.compress());
    }
  }

  /** Compresses the rest, then writes trailer and seek table. Nothing can be written after. */
  public void finish() throws IOException {
    if (current != null) {
      compressCurrent();
    }
    while (!inFlight.isEmpty()) {
      putOldest();
    }
    byte[] trailer = FrameFormat.trailer((int) crc.getValue());
    seekTable.add(trailer.length, 0);
    out.write(trailer);
    out.write(seekTable.frame());
    out.flush();
  }

  private void compressCurrent() {
    Frame full = current;
    current = null;
    inFlight.add(threads.submit(full::compress));
  }

  private Frame nextFrame() throws IOException {
    while (!inFlight.isEmpty() && inFlight.peek().isDone()) {
      putOldest(); // as early as possible: the reader of a pipe is waiting
    }
    if (idle.isEmpty() && all.size() == maxFrames) {
      putOldest();
    }
    if (!idle.isEmpty()) {
      return idle.pop();
    }
    var frame = new Frame(new byte[FrameFormat.FRAME_BYTES]);
    all.add(frame);
    return frame;
  }

  private void putOldest() throws IOException {
    Frame frame = FileWorkers.get(inFlight.remove());
    put(frame);
    frame.rawBytes = 0;
    idle.push(frame);
  }

  private void put(Frame frame) throws IOException {
    out.write(frame.packed, 0, frame.packedBytes);
    crc.update(frame.packed, 0, frame.packedBytes);
    seekTable.add(frame.packedBytes, frame.rawBytes);
  }

  /** Frees the threads and buffers; what was not finished is no archive. */
  @Override
  public void close() {
    inFlight.forEach(frame -> frame.cancel(false));
    threads.close();
    all.forEach(Frame::close);
  }

  /** A frame with its buffers, used again and again, by one thread at a time. */
  private static final class Frame implements AutoCloseable {
    private final byte[] raw;
    private final byte[] packed;
    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private int rawBytes;
    private int packedBytes;

    Frame(byte[] raw) {
      this.raw = raw;
      this.packed = new byte[Math.toIntExact(Zstd.compressBound(raw.length))];
      context.setLevel(LEVEL).setChecksum(true).setContentSize(true).setDictID(false);
    }

    Frame compress() {
      packedBytes = context.compressByteArray(packed, 0, packed.length, raw, 0, rawBytes);
      return this;
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
