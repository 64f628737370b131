package org.letargo.archive.criu;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.letargo.archive.ArchiveException;

/**
 * An image file as a sequence of messages: magic numbers, then each message behind its length.
 * Magic numbers are those of criu/include/magic.h. Close it after use.
 */
final class ImageFile implements AutoCloseable {
  static final int COMMON_MAGIC = 0x54564319;

  /** Of files that are no images: statistics, for one. */
  private static final int SERVICE_MAGIC = 0x55105940;

  /**
   * The largest messages CRIU writes here are those of control groups: all properties of all groups
   * in one, 10 KiB for each service of a VPS.
   */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** What an image is about. The inventory alone has no common magic before its own. */
  enum Kind {
    INVENTORY(0x58313116),
    PSTREE(0x50273030),
    CORE(0x55053847),
    IDS(0x54432030),
    FILES(0x56303138),
    DESCRIPTORS(0x56213732),
    TERMINALS(0x59453036),
    TERMINAL_DATA(0x59413026),
    USER_NAMESPACE(0x55474906),
    PAGEMAP(0x56084025),
    CONTROL_GROUPS(0x59383330),
    HOST_NAME(0x54473203),
    MEMORY_AREAS(0x57492820),
    FOLDERS(0x51403912),
    REMAPPED_FILES(0x59133954),
    STATISTICS(0x57093306);

    final int magic;

    Kind(int magic) {
      this.magic = magic;
    }
  }

  private final String name;
  private final InputStream in;

  private ImageFile(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  static ImageFile open(Path file, Kind kind) throws IOException {
    var in =
        new BufferedInputStream(
            Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), 65_536);
    return open(file.getFileName().toString(), in, kind);
  }

  /** The same from a stream, which is closed with this. */
  static ImageFile open(String name, InputStream in, Kind kind) throws IOException {
    var image = new ImageFile(name, in);
    try {
      if (kind != Kind.INVENTORY) {
        image.requireMagic(kind == Kind.STATISTICS ? SERVICE_MAGIC : COMMON_MAGIC);
      }
      image.requireMagic(kind.magic);
      return image;
    } catch (Throwable e) {
      in.close();
      throw e;
    }
  }

  /** The next message; empty at the end of the file. */
  Optional<ProtoMessage> next() throws IOException {
    byte[] length = in.readNBytes(Integer.BYTES);
    if (length.length == 0) {
      return Optional.empty();
    }
    if (length.length < Integer.BYTES) {
      throw malformed("it ends inside a length");
    }
    int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (size < 0 || size > MAX_MESSAGE_BYTES) {
      throw malformed("a message claims " + Integer.toUnsignedString(size) + " bytes");
    }
    byte[] message = in.readNBytes(size);
    if (message.length < size) {
      throw malformed("it ends inside a message");
    }
    return Optional.of(new ProtoMessage(ByteBuffer.wrap(message), name));
  }

  ProtoMessage require() throws IOException {
    return next().orElseThrow(() -> malformed("it has no message"));
  }

  ArchiveException malformed(String why) {
    return malformed(name, why);
  }

  static ArchiveException malformed(String file, String why) {
    return ArchiveException.corrupt("CRIU's image file " + quoted(file) + " cannot be read", why);
  }

  private void requireMagic(int magic) throws IOException {
    byte[] bytes = in.readNBytes(Integer.BYTES);
    if (bytes.length < Integer.BYTES
        || ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() != magic) {
      throw malformed("its magic number is wrong");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
