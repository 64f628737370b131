package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The conversation of one dump, our end of it:
 *
 * <pre>
 *   engine                              we
 *   OPEN2 object                  --->
 *                                 <---  u8 0: there is no earlier dump to refer to
 *   ADD_F run, flags; content     --->        (as often as there are runs)
 *   PARENT object                 --->
 *                                 <---  i32 0: likewise
 *   CLOSE                         --->
 *                                 <---  i32 0: all is safe; anything else fails the dump
 *   (closes)
 * </pre>
 *
 * The engine is not trusted with more than this: what is out of order, out of range or too much
 * ends the conversation.
 */
final class DumpSession {
  /** As many pids as Linux has, and shared memory besides. */
  private static final int MAX_OBJECTS = 1 << 23;

  private static final int FAILED = -1;

  private final PageProtocol protocol;
  private final PageStream stream;
  private final Path images;
  private final PageSink sink;
  private final WindowCutter cutter;
  private final ByteBuffer header;
  private final Set<PageObject> seen = new HashSet<>();
  private Optional<PageObject> object = Optional.empty();
  private PagemapWriter pagemap;
  private long pages;
  private long lastEnd;

  DumpSession(
      PageProtocol protocol, PageStream stream, Path images, PageSink sink, WindowCutter cutter) {
    this.protocol = protocol;
    this.stream = stream;
    this.images = images;
    this.sink = sink;
    this.cutter = cutter;
    this.header = protocol.allocateHeader();
  }

  /** Goes on until the engine has its answer. */
  PageReceiver.Totals run() throws IOException {
    try {
      while (true) {
        stream.fill(header);
        PageHeader next = protocol.get(header.flip());
        header.clear();
        switch (next.command()) {
          case PageHeader.OPEN2 -> open(PageObject.decode(next.id()));
          case PageHeader.PARENT -> answer(0);
          case PageHeader.ADD_F -> add(next);
          case PageHeader.CLOSE, PageHeader.FORCE_CLOSE -> {
            finish();
            return new PageReceiver.Totals(seen.size(), pages);
          }
          default -> throw new IOException("the engine sent the unknown command " + next.command());
        }
      }
    } finally {
      if (pagemap != null) {
        pagemap.close();
      }
    }
  }

  private void open(PageObject next) throws IOException {
    endObject();
    if (seen.size() >= MAX_OBJECTS || !seen.add(next)) {
      throw new IOException("the engine sent " + next + " twice, or too many objects");
    }
    int pagesId = seen.size(); // page_ids of CRIU's image.c count from 1, too
    pagemap = new PagemapWriter(images.resolve(next.pagemapName()), protocol, pagesId);
    sink.begin(next, pagesId);
    object = Optional.of(next);
    lastEnd = 0;
    stream.write(ByteBuffer.allocate(1));
  }

  private void add(PageHeader next) throws IOException {
    boolean lazy = (next.flags() & PageHeader.FLAG_LAZY) != 0;
    if ((next.flags() & ~PageHeader.FLAG_LAZY) != PageHeader.FLAG_PRESENT) {
      throw new IOException("the engine sent pages with the flags " + next.flags());
    }
    if (object.map(PageObject::encoded).filter(id -> id == next.id()).isEmpty()) {
      throw new IOException("the engine sent pages of an object that is not open");
    }
    if (next.address() < lastEnd || !PageRun.isPossible(next.address(), next.pages())) {
      throw new IOException(
          "the engine sent %s pages at %s, behind %s"
              .formatted(
                  Long.toUnsignedString(next.pages()),
                  Long.toHexString(next.address()),
                  Long.toHexString(lastEnd)));
    }
    PageRun run = new PageRun(next.address(), next.pages(), lazy, true);
    pagemap.write(run);
    sink.run(run);
    cutter.take(run, stream, header);
    lastEnd = run.end();
    pages += run.pages();
  }

  private void endObject() throws IOException {
    if (object.isPresent()) {
      object = Optional.empty();
      cutter.flush();
      pagemap.close();
      sink.end();
    }
  }

  private void finish() throws IOException {
    try {
      endObject();
      sink.finish();
    } catch (IOException | RuntimeException e) {
      try {
        answer(FAILED);
      } catch (IOException unheard) {
        e.addSuppressed(unheard);
      }
      throw e;
    }
    answer(0);
  }

  private void answer(int number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    stream.write(bytes.putInt(number).flip());
  }
}
