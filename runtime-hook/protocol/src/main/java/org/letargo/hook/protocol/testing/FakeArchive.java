package org.letargo.hook.protocol.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsReport;

/**
 * The archive of a VPS that is not there: {@code FAKE}, a length and that many bytes of JSON, a
 * length and that many bytes of noise, a CRC of all. The file of a template is the same with {@code
 * FAKT}. Flat memory in both directions.
 */
final class FakeArchive {
  /** Archives of VPSes. */
  static final Kind<Content> VPS = new Kind<>(0x46414b45, Content.class);

  /** Files of templates. */
  static final Kind<TemplateReport> TEMPLATE = new Kind<>(0x46414b54, TemplateReport.class);

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int MAX_HEADER_BYTES = 64 << 10;

  /** What travels of a VPS. */
  record Content(VpsReport vps, Map<String, String> files) {}

  /** What such a file holds, and how it begins. */
  record Kind<T>(int magic, Class<T> type) {
    /** Whether a stream begins so; it stands where it stood. */
    boolean begins(BufferedInputStream in) throws IOException {
      in.mark(Integer.BYTES);
      byte[] first = in.readNBytes(Integer.BYTES);
      in.reset();
      return first.length == Integer.BYTES && ByteBuffer.wrap(first).getInt() == magic;
    }
  }

  private FakeArchive() {}

  /** Hears after each block how many bytes of noise are done. */
  static <T> void write(
      Kind<T> kind, T described, long noiseBytes, OutputStream out, LongConsumer done)
      throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32());
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    byte[] json = Json.MAPPER.writeValueAsString(described).getBytes(StandardCharsets.UTF_8);
    fields.writeInt(kind.magic());
    fields.writeInt(json.length);
    fields.write(json);
    fields.writeLong(noiseBytes);
    header.writeTo(checked);
    byte[] block = noise();
    for (long written = 0; written < noiseBytes; ) {
      int length = (int) Math.min(BLOCK_BYTES, noiseBytes - written);
      checked.write(block, 0, length);
      written += length;
      done.accept(written);
    }
    long crc = checked.getChecksum().getValue();
    new DataOutputStream(out).writeLong(crc);
  }

  /**
   * Reads to the end of the input.
   *
   * @param admission sees what the file describes before the rest of it is read
   * @throws VpsException ARCHIVE_REFUSED if it is no archive of ours or damaged
   */
  static <T> T read(Kind<T> kind, InputStream in, Consumer<T> admission, LongConsumer done)
      throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
    try {
      DataInputStream fields = new DataInputStream(checked);
      if (fields.readInt() != kind.magic()) {
        throw refused("it does not begin like an archive");
      }
      int length = fields.readInt();
      if (length < 0 || length > MAX_HEADER_BYTES) {
        throw refused("its header claims " + length + " bytes");
      }
      byte[] json = fields.readNBytes(length);
      if (json.length < length) {
        throw new EOFException();
      }
      T described = Json.MAPPER.readValue(json, kind.type());
      admission.accept(described);
      long noiseBytes = fields.readLong();
      byte[] block = new byte[BLOCK_BYTES];
      for (long read = 0; read < noiseBytes; ) {
        int count = checked.read(block, 0, (int) Math.min(BLOCK_BYTES, noiseBytes - read));
        if (count < 0) {
          throw refused("it is cut short");
        }
        read += count;
        done.accept(read);
      }
      long crc = checked.getChecksum().getValue();
      if (fields.readLong() != crc) {
        throw refused("its checksum is wrong");
      }
      if (in.read() >= 0) {
        throw refused("there is something behind its end");
      }
      return described;
    } catch (EOFException e) {
      if (hungUp(in)) {
        throw e;
      }
      throw refused("it is cut short");
    }
  }

  /** Whether the end was a hang-up of the caller and not the end of its input. */
  private static boolean hungUp(InputStream in) {
    try {
      return in.read() >= 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static byte[] noise() {
    byte[] block = new byte[BLOCK_BYTES];
    new Random(42).nextBytes(block);
    return block;
  }

  private static VpsException refused(String why) {
    return new VpsException(
        Code.ARCHIVE_REFUSED, "the archive is refused", why, "Export it again at its origin.");
  }
}
