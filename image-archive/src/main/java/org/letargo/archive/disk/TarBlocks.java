package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.letargo.archive.ArchiveException;

/**
 * Makes the header blocks of {@code rootfs-diff.tar}: ustar, with an extended header before it
 * where ustar is too narrow. {@link TarHeaderReader} reads them.
 */
final class TarBlocks {
  static final int BLOCK = 512;

  static final int NAME_BYTES = 100;
  private static final long MAX_OCTAL_11 = (1L << 33) - 1;
  static final char EXTENDED = 'x';
  private static final String EXTENDED_NAME = "./PaxHeader";
  static final int CHECKSUM_AT = 148;
  static final byte[] MAGIC =
      "ustar\00000".getBytes(StandardCharsets.US_ASCII); // "ustar", zero, version "00"
  static final int MAGIC_AT = 257;

  private TarBlocks() {}

  /** Zeros behind content, up to the next block. */
  static int paddingBytes(long contentBytes) {
    return (int) (-contentBytes & BLOCK - 1);
  }

  /** All blocks before the content of an entry. */
  static byte[] encode(TarEntry entry) {
    Map<String, String> records = new LinkedHashMap<>();
    String name = entry.rawPath();
    if (entry.kind() == TarEntry.Kind.DIRECTORY) {
      name = name.isEmpty() ? "./" : name + "/";
    }
    String shortName = name;
    if (entry.sparse()) {
      records.put(PaxRecords.SPARSE_MAJOR, "1");
      records.put(PaxRecords.SPARSE_MINOR, "0");
      records.put(PaxRecords.SPARSE_NAME, name);
      records.put(PaxRecords.SPARSE_SIZE, Long.toString(entry.realBytes()));
      int slash = name.lastIndexOf('/') + 1;
      shortName = name.substring(0, slash) + "GNUSparseFile.0/" + name.substring(slash);
    } else if (name.length() > NAME_BYTES) {
      records.put(PaxRecords.PATH, name);
    }
    if (entry.rawLink().length() > NAME_BYTES) {
      records.put(PaxRecords.LINK_PATH, entry.rawLink());
    }
    if (entry.storedBytes() > MAX_OCTAL_11) {
      records.put(PaxRecords.SIZE, Long.toString(entry.storedBytes()));
    }
    long seconds = entry.modifiedSeconds();
    if (entry.modifiedNanos() != 0 || seconds < 0 || seconds > MAX_OCTAL_11) {
      records.put(PaxRecords.MODIFIED, time(seconds, entry.modifiedNanos()));
    }
    entry.xattrs().forEach((key, value) -> records.put(PaxRecords.xattrKey(key), raw(value)));

    byte[] header =
        block(
            shortName,
            entry.mode(),
            entry.userId(),
            entry.groupId(),
            Math.min(entry.storedBytes(), MAX_OCTAL_11),
            Math.clamp(seconds, 0, MAX_OCTAL_11),
            entry.kind().flag(),
            entry.rawLink(),
            entry.deviceMajor(),
            entry.deviceMinor());
    if (records.isEmpty()) {
      return header;
    }
    byte[] pax = PaxRecords.encode(records);
    if (pax.length > PaxRecords.MAX_BYTES) {
      throw ArchiveException.notCapturable(
          "the disk cannot be saved at " + quoted(RawPaths.shown(entry.rawPath())),
          "its extended attributes have more than " + PaxRecords.MAX_BYTES + " bytes",
          "Remove some with setfattr -x.");
    }
    byte[] before = block(EXTENDED_NAME, 0600, 0, 0, pax.length, 0, EXTENDED, "", 0, 0);
    int paxBytes = pax.length + paddingBytes(pax.length);
    byte[] all = Arrays.copyOf(before, BLOCK + paxBytes + BLOCK);
    System.arraycopy(pax, 0, all, BLOCK, pax.length);
    System.arraycopy(header, 0, all, BLOCK + paxBytes, BLOCK);
    return all;
  }

  private static byte[] block(
      String name,
      int mode,
      int userId,
      int groupId,
      long size,
      long seconds,
      char flag,
      String link,
      int major,
      int minor) {
    byte[] block = new byte[BLOCK];
    text(block, 0, name);
    octal(block, 100, 8, mode);
    octal(block, 108, 8, userId);
    octal(block, 116, 8, groupId);
    octal(block, 124, 12, size);
    octal(block, 136, 12, seconds);
    block[156] = (byte) flag;
    text(block, 157, link);
    System.arraycopy(MAGIC, 0, block, MAGIC_AT, MAGIC.length);
    octal(block, 329, 8, major);
    octal(block, 337, 8, minor);
    octal(block, CHECKSUM_AT, 7, checksum(block));
    block[CHECKSUM_AT + 7] = ' ';
    return block;
  }

  private static void text(byte[] block, int at, String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, at, Math.min(bytes.length, NAME_BYTES));
  }

  private static void octal(byte[] block, int at, int width, long value) {
    String digits = Long.toOctalString(value);
    Arrays.fill(block, at, at + width - 1, (byte) '0');
    byte[] bytes = digits.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at + width - 1 - bytes.length, bytes.length);
    block[at + width - 1] = 0;
  }

  /** Sum of all bytes, the checksum's own eight counted as spaces. */
  static long checksum(byte[] block) {
    long sum = 8 * ' ';
    for (int i = 0; i < BLOCK; i++) {
      if (i < CHECKSUM_AT || i >= CHECKSUM_AT + 8) {
        sum += block[i] & 255;
      }
    }
    return sum;
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String raw(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String time(long seconds, int nanos) {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean negative = seconds < 0;
    long whole = negative ? -(seconds + 1) : seconds;
    int part = negative ? 1_000_000_000 - nanos : nanos;
    String digits = Integer.toString(1_000_000_000 + part).substring(1);
    return (negative ? "-" : "") + whole + "." + digits;
  }
}
