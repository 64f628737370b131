package org.letargo.archive.store.pack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.letargo.archive.store.ChunkId;

/**
 * The beginning and the end of a pack; docs/design/007-store.md draws it. All numbers are little
 * endian.
 */
final class PackFormat {
  static final int HEADER_BYTES = 64;
  static final int TRAILER_BYTES = 32;
  static final int ROW_BYTES = ChunkId.BYTES + 3 * Integer.BYTES;

  /** A pack never has more entries, so that its table is never longer than 3 MiB. */
  static final int MAX_ENTRIES = 1 << 16;

  static final int SALT_BYTES = 32;

  private static final long HEADER_MAGIC = magic("LTPACK-1");
  private static final long TRAILER_MAGIC = magic("LTTABLE1");

  private PackFormat() {}

  private static long magic(String text) {
    return buffer(Long.BYTES).put(text.getBytes(StandardCharsets.US_ASCII)).getLong(0);
  }

  /** One entry as the table lists it. */
  record Row(ChunkId id, Place place) {}

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer header(int pack, byte[] salt) {
    ByteBuffer bytes = buffer(HEADER_BYTES).putLong(HEADER_MAGIC).putInt(pack).putInt(0).put(salt);
    return bytes.putInt(HEADER_BYTES - Integer.BYTES, sum(bytes, 0, 60)).clear();
  }

  /** The salt of a pack; empty if these 64 bytes are not its header. */
  static Optional<byte[]> salt(int pack, ByteBuffer header) {
    ByteBuffer bytes = header.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < HEADER_BYTES
        || bytes.getLong(0) != HEADER_MAGIC
        || bytes.getInt(8) != pack
        || bytes.getInt(60) != sum(bytes, 0, 60)) {
      return Optional.empty();
    }
    byte[] salt = new byte[SALT_BYTES];
    bytes.get(16, salt);
    return Optional.of(salt);
  }

  /** The table and the trailer behind it. */
  static ByteBuffer table(int pack, int offset, List<Row> rows) {
    int length = rows.size() * ROW_BYTES;
    ByteBuffer bytes = buffer(length + TRAILER_BYTES);
    for (Row row : rows) {
      Place place = row.place();
      bytes.put(row.id().bytes());
      bytes.putInt(place.offset()).putInt(place.storedLength()).putInt(place.contentLength());
    }
    int sum = sum(bytes, 0, length);
    bytes.putLong(TRAILER_MAGIC).putInt(pack).putInt(offset).putInt(rows.size()).putInt(0);
    bytes.putInt(sum).putInt(sum(bytes, length, TRAILER_BYTES - Integer.BYTES));
    return bytes.flip();
  }

  /**
   * What the trailer says of the table before it.
   *
   * @param offset where it begins
   */
  record Trailer(int offset, int entries, int sum) {}

  /**
   * Reads the last bytes of a file.
   *
   * @param fileBytes its length; a trailer that does not fit it counts as none
   */
  static Optional<Trailer> trailer(int pack, long fileBytes, ByteBuffer last) {
    ByteBuffer bytes = last.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < TRAILER_BYTES
        || bytes.getLong(0) != TRAILER_MAGIC
        || bytes.getInt(8) != pack
        || bytes.getInt(28) != sum(bytes, 0, 28)) {
      return Optional.empty();
    }
    var trailer = new Trailer(bytes.getInt(12), bytes.getInt(16), bytes.getInt(24));
    boolean fits =
        trailer.offset >= HEADER_BYTES
            && trailer.entries >= 0
            && trailer.entries <= MAX_ENTRIES
            && trailer.offset + (long) trailer.entries * ROW_BYTES + TRAILER_BYTES == fileBytes;
    return fits ? Optional.of(trailer) : Optional.empty();
  }

  /**
   * The rows of a table; empty if it is not the one that the trailer tells of, or tells what cannot
   * be.
   */
  static Optional<List<Row>> rows(int pack, Trailer trailer, ByteBuffer table) {
    ByteBuffer bytes = table.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (sum(bytes, 0, bytes.remaining()) != trailer.sum) {
      return Optional.empty();
    }
    List<Row> rows = new ArrayList<>(trailer.entries);
    byte[] id = new byte[ChunkId.BYTES];
    while (bytes.hasRemaining()) {
      bytes.get(id);
      var place = new Place(pack, bytes.getInt(), bytes.getInt(), bytes.getInt());
      if (!place.possible() || (long) place.offset() + place.entryBytes() > trailer.offset) {
        return Optional.empty();
      }
      rows.add(new Row(ChunkId.of(id), place));
    }
    return Optional.of(rows);
  }

  private static int sum(ByteBuffer bytes, int from, int length) {
    var sum = new CRC32C();
    sum.update(bytes.duplicate().clear().slice(from, length));
    return (int) sum.getValue();
  }
}
