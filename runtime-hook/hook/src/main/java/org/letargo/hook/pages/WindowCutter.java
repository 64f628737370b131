package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the content of runs off the connection into memory of {@link PageBuffers} and hands it to
 * the sink window by window, each in one piece, without copying. For one thread.
 */
final class WindowCutter implements AutoCloseable {
  private static final int WINDOW = PageSink.WINDOW_BYTES;

  /** What is read before the sink gets the next windows: small, so that both work at once. */
  private static final int READ_BYTES = 1 << 20;

  private static final long NONE = -1;

  private final PageBuffers buffers;
  private final PageSink sink;
  private PageBuffers.Slab slab;

  /** The window of which pages lie in the slab from {@code start} on; NONE if none do. */
  private long window = NONE;

  private int start;

  WindowCutter(PageBuffers buffers, PageSink sink) {
    this.buffers = buffers;
    this.sink = sink;
  }

  /**
   * Takes the content of a run that lies behind all before it.
   *
   * @param next the header that follows; what has come of it already is in it then
   */
  void take(PageRun run, PageStream in, ByteBuffer next) throws IOException {
    if (window != NONE && window != windowOf(run.address())) {
      flush();
    }
    for (long address = run.address(); address < run.end(); ) {
      int piece = makeRoom(address, run.end());
      ByteBuffer memory = slab.memory();
      if (window == NONE) {
        window = windowOf(address);
        start = memory.position();
      }
      memory.limit(memory.position() + piece);
      if (address + piece == run.end()) {
        in.fill(memory, next);
      } else {
        in.fill(memory);
      }
      memory.limit(memory.capacity());
      address += piece;
      cut(address);
    }
  }

  /**
   * How much of the run comes next: no window lies in two slabs, so one that is begun has room for
   * all that may follow of it.
   */
  private int makeRoom(long address, long end) throws IOException {
    if (slab == null || window == NONE && slab.memory().remaining() < WINDOW) {
      close();
      slab = buffers.take();
    }
    int room = slab.memory().remaining();
    if (end - address <= READ_BYTES && windowOf(end + WINDOW - 1) - address <= room) {
      return (int) (end - address);
    }
    return (int) (windowOf(address + Math.min(READ_BYTES, room)) - address);
  }

  /** Hands out the windows that are complete: those before this address. */
  private void cut(long address) throws IOException {
    int open = (int) (address - windowOf(address)); // bytes at the end that are of the next window
    int end = slab.memory().position();
    while (window != windowOf(address)) {
      int windows = (int) ((windowOf(address) - window) / WINDOW);
      int to = end - open - (windows - 1) * WINDOW;
      sink.window(window, slab.piece(start, to));
      start = to;
      window += WINDOW;
    }
    if (open == 0) {
      window = NONE;
    }
  }

  /** Hands out what there is of the last window: the next page is of another one. */
  void flush() throws IOException {
    if (window != NONE) {
      sink.window(window, slab.piece(start, slab.memory().position()));
      window = NONE;
    }
  }

  private static long windowOf(long address) {
    return address & -WINDOW;
  }

  /** Gives back what the sink has not got. */
  @Override
  public void close() {
    if (slab != null) {
      slab.release();
      slab = null;
    }
  }
}
