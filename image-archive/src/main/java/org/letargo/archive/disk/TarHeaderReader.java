package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.archive.ArchiveException;

/** Reads the header blocks of {@link TarBlocks}: that one form, and no other dialect of tar. */
final class TarHeaderReader {
  private static final int NANOS_DIGITS = 9;
  private static final Pattern TIME = Pattern.compile("(-?)([0-9]{1,12})(\\.([0-9]{1,9}))?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private TarHeaderReader() {}

  /** Whether a block is the head of an extended header; then {@link #size} says how long. */
  static boolean isExtended(byte[] block) {
    return block[156] == TarBlocks.EXTENDED;
  }

  /** Magic and checksum; every block goes through it before anything else is read from it. */
  static void requireHeader(byte[] block, String where) {
    if (!Arrays.equals(
        block,
        TarBlocks.MAGIC_AT,
        TarBlocks.MAGIC_AT + TarBlocks.MAGIC.length,
        TarBlocks.MAGIC,
        0,
        TarBlocks.MAGIC.length)) {
      throw refused(where, "it is not in the POSIX ustar form");
    }
    if (number(block, TarBlocks.CHECKSUM_AT, 8, "checksum", where) != TarBlocks.checksum(block)) {
      throw ArchiveException.corrupt("the tar is damaged " + where, "checksum of a header");
    }
    for (int i = 345; i < TarBlocks.BLOCK; i++) {
      if (block[i] != 0) {
        throw refused(where, "it has a name prefix, which this form does not use");
      }
    }
  }

  static long size(byte[] block, String where) {
    return number(block, 124, 12, "size", where);
  }

  /** An entry from its header block and the records before it. */
  static TarEntry decode(byte[] block, Map<String, String> records, String where) {
    TarEntry.Kind kind = kind(block, where);
    boolean sparse = isSparse(records, kind, where);
    String name =
        sparse
            ? records.get(PaxRecords.SPARSE_NAME)
            : records.getOrDefault(PaxRecords.PATH, text(block, 0));
    long stored = size(block, where);
    if (records.containsKey(PaxRecords.SIZE)) {
      stored = number(records, PaxRecords.SIZE, where);
    }
    long seconds = number(block, 136, 12, "mtime", where);
    int nanos = 0;
    if (records.containsKey(PaxRecords.MODIFIED)) {
      Matcher time = TIME.matcher(records.get(PaxRecords.MODIFIED));
      if (!time.matches()) {
        throw refused(where, "its time has the wrong form");
      }
      seconds = Long.parseLong(time.group(2));
      nanos = nanos(time.group(4));
      if (!time.group(1).isEmpty()) {
        seconds = nanos == 0 ? -seconds : -seconds - 1;
        nanos = nanos == 0 ? 0 : 1_000_000_000 - nanos;
      }
    }
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    records.forEach((key, value) -> {
      if (key.startsWith(PaxRecords.XATTR)) {
        xattrs.put(PaxRecords.xattrName(key), value.getBytes(StandardCharsets.ISO_8859_1));
      } else if (!isKnown(key)) {
        throw refused(where, "its extended header has the unknown key " + quoted(key));
      }
    });
    return new TarEntry(
        EntryPaths.parse(name, kind, where),
        kind,
        (int) bounded(number(block, 100, 8, "mode", where), 07777, "mode", where),
        id(block, 108, "user id", where),
        id(block, 116, "group id", where),
        seconds,
        nanos,
        stored,
        sparse ? number(records, PaxRecords.SPARSE_SIZE, where) : stored,
        sparse,
        records.getOrDefault(PaxRecords.LINK_PATH, text(block, 157)),
        (int) number(block, 329, 8, "device", where),
        (int) number(block, 337, 8, "device", where),
        xattrs);
  }

  private static TarEntry.Kind kind(byte[] block, String where) {
    for (TarEntry.Kind kind : TarEntry.Kind.values()) {
      if (block[156] == kind.flag()) {
        return kind;
      }
    }
    throw refused(where, "its type " + quoted("" + (char) (block[156] & 255)) + " is unknown");
  }

  private static boolean isSparse(Map<String, String> records, TarEntry.Kind kind, String where) {
    boolean any = records.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."));
    if (!any) {
      return false;
    }
    if (kind != TarEntry.Kind.REGULAR
        || !"1".equals(records.get(PaxRecords.SPARSE_MAJOR))
        || !"0".equals(records.get(PaxRecords.SPARSE_MINOR))
        || !records.containsKey(PaxRecords.SPARSE_NAME)
        || !records.containsKey(PaxRecords.SPARSE_SIZE)
        || records.containsKey(PaxRecords.PATH)) {
      throw refused(where, "it is not a sparse file of GNU's form 1.0");
    }
    return true;
  }

  private static boolean isKnown(String key) {
    return switch (key) {
      case PaxRecords.PATH,
          PaxRecords.LINK_PATH,
          PaxRecords.SIZE,
          PaxRecords.MODIFIED,
          PaxRecords.SPARSE_MAJOR,
          PaxRecords.SPARSE_MINOR,
          PaxRecords.SPARSE_NAME,
          PaxRecords.SPARSE_SIZE ->
          true;
      default -> false;
    };
  }

  private static int id(byte[] block, int at, String what, String where) {
    return (int) bounded(number(block, at, 8, what, where), IdRange.COUNT - 1, what, where);
  }

  private static long bounded(long value, long max, String what, String where) {
    if (value > max) {
      throw refused(where, what + " " + value + " is more than " + max);
    }
    return value;
  }

  private static long number(Map<String, String> records, String key, String where) {
    String text = records.get(key);
    if (!NUMBER.matcher(text).matches()) {
      throw refused(where, "its " + key + " has the wrong form");
    }
    return Long.parseLong(text);
  }

  /** Octal digits, then zeros or spaces; the binary form of other tars is not taken. */
  private static long number(byte[] block, int at, int width, String what, String where) {
    long value = 0;
    int i = at;
    while (i < at + width && block[i] >= '0' && block[i] <= '7') {
      value = value << 3 | block[i++] - '0';
    }
    boolean filled = i > at;
    for (; i < at + width; i++) {
      filled &= block[i] == 0 || block[i] == ' ';
    }
    if (!filled) {
      throw refused(where, "its " + what + " is no octal number");
    }
    return value;
  }

  private static String text(byte[] block, int at) {
    int end = at;
    while (end < at + TarBlocks.NAME_BYTES && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.ISO_8859_1);
  }

  private static int nanos(String fraction) {
    if (fraction == null) {
      return 0;
    }
    return Integer.parseInt(fraction + "0".repeat(NANOS_DIGITS - fraction.length()));
  }

  private static ArchiveException refused(String where, String why) {
    return ArchiveException.refused("the tar entry " + where + " is refused", why);
  }
}
