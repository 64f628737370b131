package org.letargo.hook.pages;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A pagemap image, of either form; see {@link PagemapWriter}. What cannot be one is refused: it may
 * come from another host.
 *
 * @param pagesId the content lies in {@code pages-N.img}
 * @param runs by rising addresses
 */
public record Pagemap(long pagesId, List<PageRun> runs) {
  private static final int MAX_RUNS = 1 << 24;
  private static final int MAX_MESSAGE_BYTES = 256;
  private static final int VARINT_BITS = 7;

  public Pagemap {
    runs = List.copyOf(runs);
  }

  /**
   * Reads it.
   *
   * @throws IOException also if it is none
   */
  public static Pagemap read(Path file) throws IOException {
    try (InputStream in =
        new BufferedInputStream(
            Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer magics = read(in, 2 * Integer.BYTES);
      if (magics.remaining() < 2 * Integer.BYTES
          || magics.getInt() != PagemapWriter.COMMON_MAGIC
          || magics.getInt() != PagemapWriter.MAGIC) {
        throw new IOException("its magic number is wrong");
      }
      ByteBuffer head = message(in);
      if (!head.hasRemaining()) {
        throw new IOException("it has no head");
      }
      long pagesId = Entry.parse(head).address; // both are field 1
      if (pagesId < 0 || pagesId > Integer.MAX_VALUE) {
        throw new IOException("it names pages-" + Long.toUnsignedString(pagesId) + ".img");
      }
      List<PageRun> runs = new ArrayList<>();
      long lastEnd = 0;
      for (ByteBuffer next = message(in); next.hasRemaining(); next = message(in)) {
        PageRun run = Entry.parse(next).run();
        if (run.address() < lastEnd || runs.size() == MAX_RUNS) {
          throw new IOException("its runs are out of order, or too many");
        }
        lastEnd = run.end();
        runs.add(run);
      }
      return new Pagemap(pagesId, runs);
    } catch (IOException e) {
      throw new IOException("cannot read the pagemap " + file + ": " + e.getMessage(), e);
    }
  }

  /** The next message; empty at the end of the file. */
  private static ByteBuffer message(InputStream in) throws IOException {
    ByteBuffer length = read(in, Integer.BYTES);
    if (!length.hasRemaining()) {
      return length;
    }
    int size = length.remaining() < Integer.BYTES ? -1 : length.getInt();
    if (size < 1 || size > MAX_MESSAGE_BYTES) {
      throw new IOException("a message claims " + Integer.toUnsignedString(size) + " bytes");
    }
    ByteBuffer message = read(in, size);
    if (message.remaining() < size) {
      throw new IOException("it ends inside a message");
    }
    return message;
  }

  private static ByteBuffer read(InputStream in, int bytes) throws IOException {
    return ByteBuffer.wrap(in.readNBytes(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The fields of one message; those that are not there are -1. */
  private record Entry(long address, long pages, long inParent, long flags, long widePages) {
    static Entry parse(ByteBuffer message) throws IOException {
      long[] fields = {-1, -1, -1, -1, -1, -1};
      while (message.hasRemaining()) {
        long key = varint(message);
        if (key < PagemapWriter.PAGES_ID << 3
            || key > PagemapWriter.WIDE_PAGES << 3
            || (key & 7) != 0) {
          throw new IOException("a message has a field that no pagemap has");
        }
        fields[(int) (key >>> 3)] = varint(message);
      }
      return new Entry(fields[1], fields[2], fields[3], fields[4], fields[5]);
    }

    private static long varint(ByteBuffer bytes) throws IOException {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE && bytes.hasRemaining(); shift += VARINT_BITS) {
        byte next = bytes.get();
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new IOException("a number does not end");
    }

    PageRun run() throws IOException {
      long count = widePages >= 0 ? widePages : pages;
      long which = flags >= 0 ? flags : PageHeader.FLAG_PRESENT; // none before CRIU 3
      if (inParent > 0 || (which & PageHeader.FLAG_PARENT) != 0) {
        throw new IOException("it refers to an earlier dump, which we never let the engine do");
      }
      if (!PageRun.isPossible(address, count)) {
        throw new IOException(
            "a run claims %s pages at %s"
                .formatted(Long.toUnsignedString(count), Long.toHexString(address)));
      }
      return new PageRun(
          address,
          count,
          (which & PageHeader.FLAG_LAZY) != 0,
          (which & PageHeader.FLAG_PRESENT) != 0);
    }
  }
}
