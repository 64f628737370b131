package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.letargo.archive.ArchiveException;

/**
 * Reads {@code rootfs-diff.tar}, or the tree of a template, as a hostile file: one form of tar
 * only, every length capped before it is believed. After each entry its content must be read, or
 * there is none.
 */
final class TarInput {
  private static final int MAX_MAP_DIGITS = 15;

  private final InputStream in;
  private final String subject;
  private final byte[] block = new byte[TarBlocks.BLOCK];
  private long position;
  private long contentLeft;
  private int padding;

  /**
   * @param in stays open, it is the caller's
   * @param subject what messages call the tar's contents, in the plural
   */
  TarInput(InputStream in, String subject) {
    this.in = in;
    this.subject = subject;
  }

  /** What messages call the tar's contents, in the plural. */
  String subject() {
    return subject;
  }

  /** The next entry; empty at the end, behind which nothing may follow. */
  Optional<TarEntry> next() throws IOException {
    if (contentLeft > 0) {
      throw new IllegalStateException(contentLeft + " bytes of content have not been read");
    }
    requireZeros(padding);
    padding = 0;
    String where = "at byte " + position;
    readBlock();
    if (TarBlocks.isZero(block)) {
      requireEnd();
      return Optional.empty();
    }
    TarHeaderReader.requireHeader(block, where);
    Map<String, String> records = Map.of();
    if (TarHeaderReader.isExtended(block)) {
      records = readExtended(where);
      readBlock();
      TarHeaderReader.requireHeader(block, where);
    }
    TarEntry entry = TarHeaderReader.decode(block, records, where);
    contentLeft = entry.storedBytes();
    padding = TarBlocks.paddingBytes(entry.storedBytes());
    return Optional.of(entry);
  }

  /** Reads exactly so many bytes of the content. */
  void readFully(byte[] target, int length) throws IOException {
    if (length > contentLeft) {
      throw refused("content ends too early");
    }
    read(target, length);
    contentLeft -= length;
  }

  /** Where the content of the entry begins in the tar. */
  long contentOffset() {
    return position;
  }

  /** Passes over all content of the entry; the caller knows that the tar is so long. */
  void skipContent() throws IOException {
    in.skipNBytes(contentLeft);
    position += contentLeft;
    contentLeft = 0;
  }

  /** Reads the map at the head of a sparse file's content. */
  SparseMap readSparseMap(TarEntry entry) throws IOException {
    var map = new SparseMap();
    var lines = new MapLines();
    long count = lines.next();
    if (count > SparseMap.MAX_RANGES + 1) { // and the empty one at the end
      throw refused("a sparse file has more than " + SparseMap.MAX_RANGES + " ranges");
    }
    long end = 0;
    long dataBytes = 0;
    for (long i = 0; i < count; i++) {
      long offset = lines.next();
      long length = lines.next();
      if (offset < end || length > entry.realBytes() || offset > entry.realBytes() - length) {
        throw refused("a range of a sparse file overlaps another or lies outside the file");
      }
      end = offset + length;
      dataBytes += length;
      map.add(offset, length);
    }
    lines.requireZerosToTheEnd();
    if (dataBytes != contentLeft) {
      throw refused("the ranges of a sparse file do not have as many bytes as its content");
    }
    return map;
  }

  private Map<String, String> readExtended(String where) throws IOException {
    long size = TarHeaderReader.size(block, where);
    if (size > PaxRecords.MAX_BYTES) {
      throw refused(
          "an extended header of " + size + " bytes is more than " + PaxRecords.MAX_BYTES);
    }
    byte[] bytes = new byte[(int) size];
    read(bytes, bytes.length);
    requireZeros(TarBlocks.paddingBytes(size));
    return PaxRecords.parse(bytes, where);
  }

  private void requireEnd() throws IOException {
    readBlock();
    if (!TarBlocks.isZero(block) || in.read() >= 0) {
      throw refused("something follows the end");
    }
  }

  private void requireZeros(int count) throws IOException {
    read(block, count);
    for (int i = 0; i < count; i++) {
      if (block[i] != 0) {
        throw refused("there is something between content and next entry");
      }
    }
  }

  private void readBlock() throws IOException {
    read(block, TarBlocks.BLOCK);
  }

  private void read(byte[] target, int length) throws IOException {
    int n = in.readNBytes(target, 0, length);
    position += n;
    if (n < length) {
      throw ArchiveException.corrupt(
          subject + " are incomplete", "the tar ends after " + position + " bytes");
    }
  }

  private ArchiveException refused(String why) {
    return ArchiveException.refused(
        "the tar of " + subject + " is refused at byte " + position, why);
  }

  /** The decimal lines of a sparse map, a block at a time. */
  private final class MapLines {
    private int at = TarBlocks.BLOCK;

    long next() throws IOException {
      long value = 0;
      for (int digits = 0; ; digits++) {
        int c = nextByte();
        if (c == '\n' && digits > 0) {
          return value;
        }
        if (c < '0' || c > '9' || digits == MAX_MAP_DIGITS) {
          throw refused(
              "the map of a sparse file is not lines of numbers, " + quoted("" + (char) c));
        }
        value = value * 10 + c - '0';
      }
    }

    private int nextByte() throws IOException {
      if (at == TarBlocks.BLOCK) {
        readFully(block, TarBlocks.BLOCK);
        at = 0;
      }
      return block[at++] & 255;
    }

    void requireZerosToTheEnd() {
      while (at < TarBlocks.BLOCK) {
        if (block[at++] != 0) {
          throw refused("there is something behind the map of a sparse file");
        }
      }
    }
  }
}
