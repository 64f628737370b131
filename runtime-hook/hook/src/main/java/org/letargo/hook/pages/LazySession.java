package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The conversation of one lazy restore, our end of it:
 *
 * <pre>
 *   engine's daemon                     we
 *   GET run, pid                  --->
 *                                 <---  ADD_F run, PRESENT; content     (no more than was asked for)
 *   CLOSE                         --->
 *                                 <---  i32 0
 *   (closes)
 * </pre>
 *
 * The daemon asks for the page of every fault by itself, and one run after another of each process
 * by rising addresses, first 64 KiB, then more and more up to 4 MiB while nobody faults. It has
 * many requests under way and takes answers in their order only, so a fault waits for what was
 * asked before it: a long run is answered by its beginning, and the daemon asks for the rest again.
 */
final class LazySession {
  /** A fault waits for no more than this. Half a millisecond over loopback. */
  private static final int MAX_ANSWER_BYTES = 512 << 10;

  private final PageProtocol protocol;
  private final PageStream stream;
  private final PageSource source;
  private final ByteBuffer header;
  private final ByteBuffer content = ByteBuffer.allocateDirect(MAX_ANSWER_BYTES);
  private final HotPages.Recorder first = new HotPages.Recorder();
  private final AtomicLong sent;

  /**
   * @param sent counts pages as they go
   */
  LazySession(PageProtocol protocol, PageStream stream, PageSource source, AtomicLong sent) {
    this.protocol = protocol;
    this.stream = stream;
    this.source = source;
    this.header = protocol.allocateHeader();
    this.sent = sent;
  }

  /** The source has not got what the pagemap promised. */
  static final class LostPageException extends IOException {
    private static final long serialVersionUID = 1L;

    LostPageException(PageHeader asked, Exception cause) {
      super(
          "memory of process %d at %s is lost: %s"
              .formatted(asked.id(), Long.toHexString(asked.address()), cause.getMessage()),
          cause);
    }
  }

  /** Goes on until the daemon says that it needs no more; what it wanted first. */
  HotPages run() throws IOException {
    while (true) {
      stream.fill(header.clear());
      PageHeader next = protocol.get(header.flip());
      switch (next.command()) {
        case PageHeader.GET -> answer(next);
        case PageHeader.CLOSE, PageHeader.FORCE_CLOSE -> {
          ByteBuffer zero = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
          stream.write(zero);
          return first.pages();
        }
        default -> throw new IOException("the engine sent the unknown command " + next.command());
      }
    }
  }

  private void answer(PageHeader asked) throws IOException {
    if (asked.id() < 0
        || asked.id() > Integer.MAX_VALUE
        || !PageRun.isPossible(asked.address(), asked.pages())) {
      throw new IOException(
          "the engine asked for %s pages at %s of process %s"
              .formatted(
                  Long.toUnsignedString(asked.pages()),
                  Long.toHexString(asked.address()),
                  Long.toUnsignedString(asked.id())));
    }
    if (asked.pages() == 1) {
      first.add(asked.id(), asked.address()); // a fault, or a run that is no longer
    }
    long pages = Math.min(asked.pages(), MAX_ANSWER_BYTES / PageRun.PAGE_BYTES);
    content.clear().limit((int) pages * PageRun.PAGE_BYTES);
    read(asked);
    protocol.put(
        new PageHeader(
            PageHeader.ADD_F, PageHeader.FLAG_PRESENT, pages, asked.address(), asked.id()),
        header.clear());
    stream.write(header.flip(), content.flip());
    sent.addAndGet(pages);
  }

  private void read(PageHeader asked) throws LostPageException {
    try {
      source.read(PageObject.process(asked.id()), asked.address(), content);
      if (content.hasRemaining()) {
        throw new IOException(content.remaining() + " bytes less than were asked for");
      }
    } catch (IOException | RuntimeException e) {
      throw new LostPageException(asked, e);
    }
  }
}
