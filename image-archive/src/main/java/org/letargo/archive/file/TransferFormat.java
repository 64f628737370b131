package org.letargo.archive.file;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;
import org.letargo.archive.ArchiveException;

/**
 * How a checkpoint travels from one store to another, of which only what that lacks is sent:
 *
 * <pre>
 * sender                                                receiver
 *   8 bytes: "LTRGMOV1"
 *   length of the manifest, manifest
 *   all recipes, each node behind its length,
 *     parents before children, files in order
 *                                                         one bit for each chunk of the recipes,
 *                                                           in order, the lowest first: 1 = send
 *   for each 1: length, then that many bytes:
 *     the chunk, or if it is shorter the
 *     chunk packed by zstd
 *   the end
 * </pre>
 *
 * <p>Lengths are four bytes, little endian. Hashes are plain SHA-256, whatever the stores use.
 */
final class TransferFormat {
  static final byte[] MAGIC = {'L', 'T', 'R', 'G', 'M', 'O', 'V', '1'};

  /** The most bytes of bits: 2^27 chunks, some 8 TiB of content. */
  private static final int MAX_WISH_BYTES = 16 << 20;

  /** The quickest: the link is to be kept busy, not the processor. */
  private static final int LEVEL = 1;

  private TransferFormat() {}

  /**
   * Writes the content of a chunk behind its length.
   *
   * @param packed whether it is packed by zstd where that makes it shorter
   */
  static void writeContent(byte[] content, boolean packed, OutputStream out) throws IOException {
    byte[] shorter = packed ? Zstd.compress(content, LEVEL) : content;
    byte[] sent = shorter.length < content.length ? shorter : content;
    out.write(length(sent.length));
    out.write(sent);
  }

  /**
   * Reads the content of a chunk, unpacked if it came packed.
   *
   * @param length of the content
   * @param damaged makes what is thrown of what is wrong with it
   */
  static byte[] readContent(
      RecipeSpool.Bytes sender, int length, Function<String, ArchiveException> damaged)
      throws IOException {
    byte[] head = new byte[Integer.BYTES];
    sender.read(head, head.length);
    int sent = length(head);
    if (sent < 1 || sent > length) {
      throw damaged.apply(
          "a chunk of " + length + " bytes comes as " + Integer.toUnsignedString(sent));
    }
    byte[] bytes = new byte[sent];
    sender.read(bytes, sent);
    if (sent == length) {
      return bytes;
    }
    byte[] content = new byte[length];
    long unpacked;
    try {
      unpacked = Zstd.decompressByteArray(content, 0, length, bytes, 0, sent);
    } catch (ZstdException e) {
      throw damaged.apply("a chunk cannot be unpacked");
    }
    if (unpacked != length) {
      throw damaged.apply("a chunk is shorter than it was said to be");
    }
    return content;
  }

  static byte[] length(int bytes) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes).array();
  }

  static int length(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /**
   * How many bytes the bits of so many chunks take.
   *
   * @throws ArchiveException TOO_LARGE if there are more than can be sent
   */
  static int wishBytes(long chunks) {
    long bytes = (chunks + 7) / 8;
    if (bytes > MAX_WISH_BYTES) {
      throw ArchiveException.tooLarge(
          "the checkpoint cannot be moved",
          "it has " + chunks + " chunks, and " + 8L * MAX_WISH_BYTES + " are possible",
          "Export it, and import the archive on the other host.");
    }
    return (int) bytes;
  }
}
