package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.letargo.archive.ArchiveException;

/**
 * The records of one extended header (POSIX.1-2001 pax): {@code length key=value\n}. Keys and
 * values are raw strings here: capabilities and access lists are binary, and Commons Compress,
 * which reads and writes text only, would spoil them.
 */
final class PaxRecords {
  static final String PATH = "path";
  static final String LINK_PATH = "linkpath";
  static final String SIZE = "size";
  static final String MODIFIED = "mtime";
  static final String XATTR = "SCHILY.xattr.";
  static final String SPARSE_MAJOR = "GNU.sparse.major";
  static final String SPARSE_MINOR = "GNU.sparse.minor";
  static final String SPARSE_NAME = "GNU.sparse.name";
  static final String SPARSE_SIZE = "GNU.sparse.realsize";

  /** All extended attributes of a file together stay far below it on every file system. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_RECORDS = 4096;
  private static final int MAX_LENGTH_DIGITS = 7;

  private PaxRecords() {}

  static byte[] encode(Map<String, String> records) {
    var bytes = new ByteArrayOutputStream();
    records.forEach((key, value) -> {
      int rest = key.length() + value.length() + 3; // space, equals sign, line feed
      int length = rest + digits(rest);
      length = rest + digits(length); // the length counts its own digits
      bytes.writeBytes(
          (length + " " + key + "=" + value + "\n").getBytes(StandardCharsets.ISO_8859_1));
    });
    return bytes.toByteArray();
  }

  private static int digits(int number) {
    return Integer.toString(number).length();
  }

  /** The records by key. A key that comes twice, and any other form, is refused. */
  static Map<String, String> parse(byte[] bytes, String where) {
    Map<String, String> records = new LinkedHashMap<>();
    for (int at = 0; at < bytes.length; ) {
      int space = at;
      int length = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9') {
        length = length * 10 + bytes[space++] - '0';
        if (space - at > MAX_LENGTH_DIGITS) {
          throw malformed(where, "a record claims more than 9,999,999 bytes");
        }
      }
      if (space == at || space == bytes.length || bytes[space] != ' ') {
        throw malformed(where, "a record does not begin with its length");
      }
      int end = at + length;
      if (length < space - at + 3 || end > bytes.length || bytes[end - 1] != '\n') {
        throw malformed(where, "a record has the wrong length");
      }
      String record = new String(bytes, space + 1, end - space - 2, StandardCharsets.ISO_8859_1);
      int equals = record.indexOf('=');
      if (equals < 1) {
        throw malformed(where, "a record has no key");
      }
      String key = record.substring(0, equals);
      if (records.put(key, record.substring(equals + 1)) != null) {
        throw malformed(where, "key " + quoted(key) + " comes twice");
      }
      if (records.size() > MAX_RECORDS) {
        throw malformed(where, "it has more than " + MAX_RECORDS + " records");
      }
      at = end;
    }
    return records;
  }

  /** The key of an extended attribute; GNU tar's escapes, as a key cannot hold an equals sign. */
  static String xattrKey(String rawName) {
    return XATTR + rawName.replace("%", "%25").replace("=", "%3D");
  }

  static String xattrName(String key) {
    return key.substring(XATTR.length()).replace("%3D", "=").replace("%25", "%");
  }

  private static ArchiveException malformed(String where, String why) {
    return ArchiveException.refused("the extended header " + where + " is refused", why);
  }
}
