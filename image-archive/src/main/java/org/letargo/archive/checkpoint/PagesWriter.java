package org.letargo.archive.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A {@code pages-N.img} while it is put together, in the order of its pagemap. It is cut at every
 * multiple of {@value #WINDOW_BYTES} bytes of the <em>address</em>: a page keeps that from
 * checkpoint to checkpoint, but not its place in the file. Pages of one window that come one behind
 * the other make one chunk, whatever lies between them. For one thread.
 */
public final class PagesWriter implements Closeable {
  /** A window of addresses. */
  public static final int WINDOW_BYTES = 64 << 10;

  /** Pages are always of this size: x86-64 and CRIU know no other in images. */
  public static final int PAGE_BYTES = 4096;

  private final FileWriter file;
  private final Buffers buffers;
  private ByteBuffer partial = ByteBuffer.allocate(0); // pages of a window that may go on
  private long partialWindow;

  PagesWriter(FileWriter file, Buffers buffers) {
    this.file = file;
    this.buffers = buffers;
  }

  /**
   * Goes on with pages of one window, without copying them if they fill it.
   *
   * @param address of the first page (offset in the object, for shared memory)
   * @param content whole pages, from position to limit; not to be changed before {@code release}
   *     was called
   * @param release called once, by any thread, when the content is needed no more
   */
  public void put(long address, ByteBuffer content, Runnable release) throws IOException {
    int length = content.remaining();
    if (length % PAGE_BYTES != 0 || address % PAGE_BYTES != 0) {
      throw new IllegalArgumentException(length + " bytes at " + address + " are no whole pages");
    }
    if (length > WINDOW_BYTES - Math.floorMod(address, WINDOW_BYTES)) {
      throw new IllegalArgumentException("pages of more than one window");
    }
    long window = Math.floorDiv(address, WINDOW_BYTES);
    if (partial.position() > 0 && window != partialWindow) {
      cut();
    }
    if (length == WINDOW_BYTES && partial.position() == 0) {
      file.chunk(content, release);
    } else {
      try {
        collect(window, content);
      } finally {
        release.run();
      }
    }
  }

  /**
   * Goes on with all that there is of one window, without copying it: the pages in the order of
   * their addresses, without what lies between them.
   *
   * @param content 1 to 16 pages, from position to limit; not to be changed before {@code release}
   *     was called
   * @param release called once, by any thread, when the content is needed no more
   */
  public void window(ByteBuffer content, Runnable release) throws IOException {
    if (content.remaining() % PAGE_BYTES != 0 || content.remaining() > WINDOW_BYTES) {
      throw new IllegalArgumentException(content.remaining() + " bytes are no pages of a window");
    }
    cut();
    file.chunk(content, release);
  }

  /** Goes on with any number of pages that follow each other; they are copied. */
  public void copy(long address, ByteBuffer content) throws IOException {
    ByteBuffer rest = content.duplicate();
    long at = address;
    while (rest.hasRemaining()) {
      int n = Math.min(rest.remaining(), WINDOW_BYTES - Math.floorMod(at, WINDOW_BYTES));
      if (n == WINDOW_BYTES) {
        ByteBuffer window = buffers.take();
        window.put(rest.slice(rest.position(), n)).flip();
        put(at, window, () -> buffers.give(window));
      } else {
        put(at, rest.slice(rest.position(), n), () -> {});
      }
      rest.position(rest.position() + n);
      at += n;
    }
  }

  private void collect(long window, ByteBuffer content) throws IOException {
    if (partial.position() == 0) {
      partial = buffers.take();
      partialWindow = window;
    } else if (partial.remaining() < content.remaining()) {
      cut(); // the same pages twice: whoever reads it counts the same way
      partial = buffers.take();
      partialWindow = window;
    }
    partial.put(content.duplicate());
  }

  private void cut() throws IOException {
    ByteBuffer whole = partial.flip();
    partial = ByteBuffer.allocate(0);
    if (whole.hasRemaining()) {
      file.chunk(whole, () -> buffers.give(whole));
    } else if (whole.capacity() > 0) {
      buffers.give(whole);
    }
  }

  /**
   * Says that no page follows; the file is there after {@link #finish}. Whoever writes many side by
   * side calls it before the next one, as each may hold a buffer until then.
   */
  public void end() throws IOException {
    cut();
  }

  /** Waits until all pages have a place and puts the file into the checkpoint. */
  public CheckpointFile finish() throws IOException {
    cut();
    return file.finish();
  }

  /** Gives the file up unless it is finished. */
  @Override
  public void close() {
    if (partial.capacity() > 0) {
      buffers.give(partial);
      partial = ByteBuffer.allocate(0);
    }
    file.close();
  }
}
