package org.letargo.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Cuts zstd frames out of a hostile stream without decompressing them. It believes no length: what
 * a frame claims must be what it may be at its place, before any buffer is made for it, and the
 * bytes taken in are bounded by what zstd could need for that much content.
 */
final class FrameReader {
  private static final int CHECKSUM_FLAG = 4;
  private static final int FORBIDDEN_FLAGS = 0b0001_1011; // unused, reserved, dictionary
  private static final int SINGLE_SEGMENT_FLAG = 32;
  private static final int MAX_WINDOW_LOG = 23;
  private static final int CHECKSUM_BYTES = 4;
  private static final int RLE_BLOCK = 1;
  private static final int RESERVED_BLOCK = 3;

  private final InputStream in;
  private final CRC32C crc = new CRC32C();
  private long readBytes;

  FrameReader(InputStream in) {
    this.in = in;
  }

  /** A compressed frame: its bytes are {@code packed[0..packedBytes)}. */
  record Frame(byte[] packed, int packedBytes, int rawBytes) {}

  /**
   * Takes one frame in.
   *
   * @param reuse a buffer that may be used, as large as any frame of such content can be; empty:
   *     make one as soon as the frame's claim has been checked
   * @param minRawBytes the least content it may claim
   * @param maxRawBytes the most
   * @throws ArchiveException CORRUPT or UNSUPPORTED
   */
  Frame next(byte[] reuse, int minRawBytes, int maxRawBytes) throws IOException {
    byte[] head = new byte[14];
    readFully(head, 0, 5);
    if (intAt(head, 0) != FrameFormat.FRAME_MAGIC) {
      throw readBytes == 5
          ? ArchiveException.unsupported(
              "this is no archive of Letargo",
              "it does not begin with a zstd frame",
              "Give a file that 'letargo export' wrote.")
          : damaged("a zstd frame should begin here");
    }
    int flags = head[4];
    if ((flags & FORBIDDEN_FLAGS) != 0 || (flags & CHECKSUM_FLAG) == 0) {
      throw damaged("the frame header has flags that no archive has");
    }
    boolean single = (flags & SINGLE_SEGMENT_FLAG) != 0;
    int sizeField = new int[] {single ? 1 : 0, 2, 4, 8}[flags >>> 6 & 3];
    int headBytes = 5 + (single ? 0 : 1) + sizeField;
    readFully(head, 5, headBytes - 5);
    if (!single && (head[5] >>> 3 & 31) + 10 > MAX_WINDOW_LOG) {
      throw damaged("the frame claims a window of more than 8 MiB");
    }
    long rawBytes = contentSize(head, headBytes - sizeField, sizeField);
    if (rawBytes < minRawBytes || rawBytes > maxRawBytes) {
      throw damaged(
          "the frame claims "
              + Long.toUnsignedString(rawBytes)
              + " bytes of content, and "
              + (minRawBytes == maxRawBytes ? "" : minRawBytes + " to ")
              + maxRawBytes
              + " belong here");
    }
    int bound = Math.toIntExact(com.github.luben.zstd.Zstd.compressBound(rawBytes));
    byte[] packed = reuse.length >= bound ? reuse : new byte[bound];
    System.arraycopy(head, 0, packed, 0, headBytes);
    int end = readBlocks(packed, headBytes, bound);
    crc.update(packed, 0, end);
    return new Frame(packed, end, (int) rawBytes);
  }

  /** All blocks and the checksum; returns where the frame ends. */
  private int readBlocks(byte[] packed, int offset, int bound) throws IOException {
    int end = offset;
    for (boolean last = false; !last; ) {
      requireRoom(end + 3, bound);
      readFully(packed, end, 3);
      int header = packed[end] & 255 | (packed[end + 1] & 255) << 8 | (packed[end + 2] & 255) << 16;
      end += 3;
      last = (header & 1) != 0;
      int type = header >>> 1 & 3;
      int size = header >>> 3;
      if (type == RESERVED_BLOCK || size > FrameFormat.MAX_BLOCK_BYTES) {
        throw damaged("a block has a type or size that zstd does not have");
      }
      int contentBytes = type == RLE_BLOCK ? 1 : size;
      requireRoom(end + contentBytes, bound);
      readFully(packed, end, contentBytes);
      end += contentBytes;
    }
    requireRoom(end + CHECKSUM_BYTES, bound);
    readFully(packed, end, CHECKSUM_BYTES);
    return end + CHECKSUM_BYTES;
  }

  /** Reads what must follow the last frame, to the last bit, and that nothing follows it. */
  void finish(FrameFormat.SeekTable seekTable) throws IOException {
    byte[] trailer = FrameFormat.trailer((int) crc.getValue());
    seekTable.add(trailer.length, 0);
    require(trailer, "the checksum over the whole archive is wrong");
    require(seekTable.frame(), "the table of frames at the end is wrong");
    if (in.read() >= 0) {
      throw damaged("something follows the end of the archive");
    }
  }

  private void require(byte[] expected, String otherwise) throws IOException {
    byte[] found = new byte[expected.length];
    readFully(found, 0, found.length);
    if (!Arrays.equals(expected, found)) {
      throw damaged(otherwise);
    }
  }

  private void requireRoom(int end, int bound) {
    if (end > bound) {
      throw damaged("a frame is longer than its content can need");
    }
  }

  private void readFully(byte[] target, int offset, int length) throws IOException {
    int n = in.readNBytes(target, offset, length);
    readBytes += n;
    if (n < length) {
      throw ArchiveException.corrupt(
          "the archive is incomplete", "it ends after " + readBytes + " bytes");
    }
  }

  ArchiveException damaged(String why) {
    return ArchiveException.corrupt("the archive is damaged before byte " + readBytes, why);
  }

  private static long contentSize(byte[] head, int offset, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    return switch (length) {
      case 0 -> -1;
      case 1 -> head[offset] & 255;
      case 2 -> (bytes.getShort(offset) & 0xFFFF) + 256;
      case 4 -> bytes.getInt(offset) & 0xFFFF_FFFFL;
      case 8 -> bytes.getLong(offset);
      default -> throw new IllegalArgumentException();
    };
  }

  private static int intAt(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}
