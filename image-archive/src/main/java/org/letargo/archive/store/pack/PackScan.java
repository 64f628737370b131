package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.letargo.archive.store.ChunkId;

/**
 * Reads what a pack holds: from its table, or, if it has none that is sound, entry by entry. An
 * entry that no table vouches for counts only if its content has its hash: after a power cut a
 * header may be there without what belongs behind it, and bytes that look like a header may be
 * content that a guest has made.
 */
final class PackScan {
  private static final int WINDOW_BYTES = 1 << 20;

  private final PackReaders.Reader reader;
  private final int pack;
  private final Unpacker unpacker;

  /**
   * What was found.
   *
   * @param rows the entries
   * @param tableSound whether they were read from the table
   * @param end where the last entry ends
   * @param gaps how many stretches of bytes are no entries
   */
  record Found(List<PackFormat.Row> rows, boolean tableSound, long end, int gaps) {}

  PackScan(PackReaders.Reader reader, int pack, Unpacker unpacker) {
    this.reader = reader;
    this.pack = pack;
    this.unpacker = unpacker;
  }

  /** The entries, as cheaply as they can be had. */
  Found scan() throws IOException {
    Optional<List<PackFormat.Row>> table = table();
    if (table.isPresent()) {
      List<PackFormat.Row> rows = table.get();
      int end = rows.isEmpty() ? PackFormat.HEADER_BYTES : rows.getLast().place().end();
      return new Found(rows, true, end, 0);
    }
    return scanEntries(reader.size());
  }

  private Optional<List<PackFormat.Row>> table() throws IOException {
    Optional<PackFormat.Trailer> trailer = trailer(reader, pack);
    if (trailer.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer rows = PackFormat.buffer(trailer.get().entries() * PackFormat.ROW_BYTES);
    reader.readAt(rows, trailer.get().offset());
    return PackFormat.rows(pack, trailer.get(), rows.flip());
  }

  private static Optional<PackFormat.Trailer> trailer(PackReaders.Reader reader, int pack)
      throws IOException {
    long size = reader.size();
    if (size < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES || size > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    ByteBuffer last = PackFormat.buffer(PackFormat.TRAILER_BYTES);
    reader.readAt(last, size - PackFormat.TRAILER_BYTES);
    return PackFormat.trailer(pack, size, last.flip());
  }

  /** How many entries the table of a pack has, 0 if there is none. */
  static int entriesOfTable(PackReaders.Reader reader, int pack) throws IOException {
    return trailer(reader, pack).map(PackFormat.Trailer::entries).orElse(0);
  }

  /** Goes from header to header up to {@code limit}, verifying each content. */
  Found scanEntries(long limit) throws IOException {
    List<PackFormat.Row> rows = new ArrayList<>();
    Set<ChunkId> seen = new HashSet<>();
    long offset = PackFormat.HEADER_BYTES;
    long end = offset;
    int gaps = 0;
    while (offset + EntryHeader.BYTES < limit && rows.size() < PackFormat.MAX_ENTRIES) {
      Optional<EntryHeader> header = soundEntry(offset, limit);
      if (header.isPresent()) {
        Place place = placeOf(header.get(), Math.toIntExact(offset));
        if (seen.add(header.get().id())) {
          rows.add(new PackFormat.Row(header.get().id(), place));
        }
        offset = place.end();
        end = offset;
      } else {
        gaps++;
        offset = nextMagic(offset + 1, limit);
      }
    }
    return new Found(rows, false, end, gaps);
  }

  private Place placeOf(EntryHeader header, int offset) {
    return new Place(pack, offset, header.storedLength(), header.contentLength());
  }

  private Optional<EntryHeader> soundEntry(long offset, long limit) throws IOException {
    Optional<EntryHeader> header = header(offset);
    if (header.isEmpty()
        || header.get().pack() != pack
        || offset + EntryHeader.BYTES + header.get().storedLength() > limit) {
      return Optional.empty();
    }
    try {
      verify(placeOf(header.get(), Math.toIntExact(offset)), header.get().id());
      return header;
    } catch (Unpacker.Damage e) {
      return Optional.empty();
    }
  }

  private Optional<EntryHeader> header(long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(EntryHeader.BYTES);
    reader.readAt(bytes, offset);
    return EntryHeader.read(bytes.flip());
  }

  /** Where the next header may begin; {@code limit} if nowhere. */
  private long nextMagic(long from, long limit) throws IOException {
    ByteBuffer window = PackFormat.buffer(WINDOW_BYTES);
    for (long at = from; at + Integer.BYTES <= limit; at += WINDOW_BYTES - Integer.BYTES + 1) {
      reader.readAt(window.clear(), at);
      window.flip();
      for (int i = 0; i + Integer.BYTES <= window.limit(); i++) {
        if (window.getInt(i) == EntryHeader.MAGIC) {
          return at + i;
        }
      }
    }
    return limit;
  }

  /**
   * Reads one entry as an index or a table told of it, and compares everything.
   *
   * @return whether its stored bytes are what they were. If not, they still give the right content
   */
  boolean verify(Place place, ChunkId id) throws IOException, Unpacker.Damage {
    ByteBuffer bytes = read(place);
    EntryHeader header = check(bytes, place, id);
    unpacker.verify(header, bytes, key());
    return key().isPresent()
        || header.storedSum()
            == EntryHeader.sum(bytes.slice(EntryHeader.BYTES, header.storedLength()));
  }

  /** What encrypts the entries; a pack of an encrypted store that has lost its salt is lost. */
  Optional<javax.crypto.SecretKey> key() throws Unpacker.Damage {
    return reader.requireKey();
  }

  /** The bytes of an entry, header included. */
  ByteBuffer read(Place place) throws IOException, Unpacker.Damage {
    return read(reader, place, unpacker);
  }

  static ByteBuffer read(PackReaders.Reader reader, Place place, Unpacker unpacker)
      throws IOException, Unpacker.Damage {
    if (!place.possible()) {
      throw new Unpacker.Damage("the index says what cannot be of where it lies");
    }
    ByteBuffer bytes = unpacker.entryBuffer(place.entryBytes());
    reader.readAt(bytes, place.offset());
    bytes.flip();
    if (bytes.remaining() < place.entryBytes()) {
      throw new Unpacker.Damage("the pack ends before it");
    }
    return bytes;
  }

  /** The header at the beginning of {@code bytes}, if it is the one that was expected. */
  static EntryHeader check(ByteBuffer bytes, Place place, ChunkId id) throws Unpacker.Damage {
    EntryHeader header =
        EntryHeader.read(bytes)
            .orElseThrow(() -> new Unpacker.Damage("the header before it is damaged"));
    if (header.pack() != place.pack()
        || !header.id().equals(id)
        || header.storedLength() != place.storedLength()
        || header.contentLength() != place.contentLength()) {
      throw new Unpacker.Damage("another chunk lies at its place");
    }
    return header;
  }
}
