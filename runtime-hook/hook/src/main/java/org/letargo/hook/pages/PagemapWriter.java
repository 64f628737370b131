package org.letargo.hook.pages;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a pagemap image as CRIU does: magic numbers, the head {pages_id 1}, then an entry per run.
 * Each message stands behind its length; numbers are protobuf's varints. An entry is {vaddr 1,
 * nr_pages 2, flags 4}, and since 4.2 {vaddr 1, compat_nr_pages 2, flags 4, nr_pages 5}, where the
 * old field is required but no longer says anything.
 */
final class PagemapWriter implements AutoCloseable {
  static final int COMMON_MAGIC = 0x54564319;
  static final int MAGIC = 0x56084025;
  static final int PAGES_ID = 1;
  static final int ADDRESS = 1;
  static final int PAGES = 2;
  static final int IN_PARENT = 3;
  static final int FLAGS = 4;
  static final int WIDE_PAGES = 5;

  private static final int MAX_MESSAGE_BYTES = 64;

  private final PageProtocol protocol;
  private final OutputStream out;
  private final ByteBuffer bytes =
      ByteBuffer.allocate(MAX_MESSAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * @param file must not be there
   */
  PagemapWriter(Path file, PageProtocol protocol, long pagesId) throws IOException {
    this.protocol = protocol;
    this.out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    out.write(bytes.putInt(COMMON_MAGIC).putInt(MAGIC).array(), 0, 2 * Integer.BYTES);
    begin();
    number(PAGES_ID, pagesId);
    end();
  }

  void write(PageRun run) throws IOException {
    int flags =
        (run.lazy() ? PageHeader.FLAG_LAZY : 0) | (run.present() ? PageHeader.FLAG_PRESENT : 0);
    begin();
    number(ADDRESS, run.address());
    switch (protocol) {
      case SINCE_3_0 -> {
        number(PAGES, run.pages());
        number(FLAGS, flags);
      }
      case SINCE_4_2 -> {
        number(PAGES, 0);
        number(FLAGS, flags);
        number(WIDE_PAGES, run.pages());
      }
    }
    end();
  }

  private void begin() {
    bytes.clear().position(Integer.BYTES);
  }

  private void number(int field, long value) {
    bytes.put((byte) (field << 3));
    long rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      bytes.put((byte) (rest | 0x80));
    }
    bytes.put((byte) rest);
  }

  private void end() throws IOException {
    bytes.putInt(0, bytes.position() - Integer.BYTES);
    out.write(bytes.array(), 0, bytes.position());
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
