package org.letargo.hook.pages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * The form that the engine's version gives to headers and pagemaps. The connection has no
 * negotiation: both ends must know. Native byte order. From CRIU's page-xfer.c (struct
 * page_server_iov) and pagemap.proto:
 *
 * <pre>
 *          3.0 to 4.1                  4.2 and later 4.x
 *   0      u32 command | flags << 16   u32 command | flags << 16
 *   4      u32 pages                   (padding, any bytes)
 *   8      u64 address                 u64 pages
 *  16      u64 id                      u64 address
 *  24                                  u64 id
 * </pre>
 */
public enum PageProtocol {
  /** 24 bytes. */
  SINCE_3_0(24, 0xffff_ffffL),
  /** 32 bytes; pagemaps count pages in a wider field. */
  SINCE_4_2(32, Long.MAX_VALUE);

  private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})(\\..*|-.*)?");
  private static final int COMMAND_BITS = 16;
  private static final int COMMAND_MASK = (1 << COMMAND_BITS) - 1;

  private final int headerBytes;
  private final long maxPages;

  PageProtocol(int headerBytes, long maxPages) {
    this.headerBytes = headerBytes;
    this.maxPages = maxPages;
  }

  /**
   * The form that an engine speaks.
   *
   * @param version such as {@code 4.2.1}
   * @throws VpsException HOST_UNFIT if this version is not known to us
   */
  public static PageProtocol of(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (matcher.matches()) {
      int major = Integer.parseInt(matcher.group(1));
      int minor = Integer.parseInt(matcher.group(2));
      if (major == 4 && minor >= 2) {
        return SINCE_4_2;
      }
      if (major == 3 || major == 4) {
        return SINCE_3_0;
      }
    }
    throw new VpsException(
        Code.HOST_UNFIT,
        "cannot exchange memory with the engine",
        "how CRIU " + VpsException.quoted(version) + " does it is not known",
        "Install CRIU 4.2 with scripts/install-criu.");
  }

  int headerBytes() {
    return headerBytes;
  }

  /** The longest run that a header can tell. */
  long maxPages() {
    return maxPages;
  }

  /** An empty buffer for headers. */
  ByteBuffer allocateHeader() {
    return ByteBuffer.allocateDirect(headerBytes).order(ByteOrder.nativeOrder());
  }

  /** Takes a header out of a buffer from {@link #allocateHeader}. */
  PageHeader get(ByteBuffer bytes) {
    int word = bytes.getInt();
    int small = bytes.getInt();
    long pages = this == SINCE_3_0 ? Integer.toUnsignedLong(small) : bytes.getLong();
    return new PageHeader(
        word & COMMAND_MASK, word >>> COMMAND_BITS, pages, bytes.getLong(), bytes.getLong());
  }

  /** Puts a header into such a buffer. */
  void put(PageHeader header, ByteBuffer bytes) {
    if (header.pages() < 0 || header.pages() > maxPages) {
      throw new IllegalArgumentException("a header cannot tell " + header.pages() + " pages");
    }
    bytes.putInt(header.flags() << COMMAND_BITS | header.command());
    if (this == SINCE_3_0) {
      bytes.putInt((int) header.pages());
    } else {
      bytes.putInt(0).putLong(header.pages());
    }
    bytes.putLong(header.address()).putLong(header.id());
  }
}
