package org.letargo.archive;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The numbers of the outer layer of an archive: zstd frames (RFC 8878), our trailer, and the seek
 * table of zstd's seekable format 0.1.0. All little endian.
 */
final class FrameFormat {
  /** Bytes of tar in every frame but the first and the last: part of the format. */
  static final int FRAME_BYTES = 2 << 20;

  /** The first frame holds the entry of the manifest and nothing else. */
  static final int MAX_FIRST_FRAME_BYTES = TarHeaders.BLOCK + CheckpointLayout.MAX_MANIFEST_BYTES;

  static final int MAX_PACKED_BYTES = Math.toIntExact(Zstd.compressBound(FRAME_BYTES));

  static final int FRAME_MAGIC = 0xFD2FB528;
  static final int MAX_BLOCK_BYTES = 128 << 10;

  private static final int TRAILER_MAGIC = 0x184D2A5C; // skippable
  private static final byte[] TRAILER_NAME = "letargo1".getBytes(StandardCharsets.US_ASCII);
  private static final int SEEK_TABLE_MAGIC = 0x184D2A5E; // skippable
  private static final int SEEKABLE_MAGIC = 0x8F92EAB1;
  private static final int SKIPPABLE_HEADER_BYTES = 8;

  private FrameFormat() {}

  /** The skippable frame that binds the bytes before it: a name, and their CRC-32C. */
  static byte[] trailer(int crc32c) {
    return skippable(TRAILER_MAGIC, TRAILER_NAME.length + 4)
        .put(TRAILER_NAME)
        .putInt(crc32c)
        .array();
  }

  private static ByteBuffer skippable(int magic, int contentBytes) {
    return ByteBuffer.allocate(SKIPPABLE_HEADER_BYTES + contentBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(magic)
        .putInt(contentBytes);
  }

  /** Collects the sizes of all frames; 8 bytes of memory each. */
  static final class SeekTable {
    private static final int ENTRY_BYTES = 8;
    private static final int FOOTER_BYTES = 9;

    private ByteBuffer entries =
        ByteBuffer.allocate(256 * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    void add(int packedBytes, int rawBytes) {
      if (!entries.hasRemaining()) {
        entries =
            ByteBuffer.allocate(Math.multiplyExact(2, entries.capacity()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(entries.flip());
      }
      entries.putInt(packedBytes).putInt(rawBytes);
    }

    /** The table as the last, skippable frame of an archive. */
    byte[] frame() {
      return skippable(SEEK_TABLE_MAGIC, entries.position() + FOOTER_BYTES)
          .put(entries.duplicate().flip())
          .putInt(entries.position() / ENTRY_BYTES)
          .put((byte) 0) // no checksums: every frame has its own
          .putInt(SEEKABLE_MAGIC)
          .array();
    }
  }
}
