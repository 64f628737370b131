package org.letargo.archive.criu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The image of a UTS namespace, where a VPS has its host name: {nodename 1, domainname 2}, see
 * images/utsns.proto of CRIU.
 */
public final class HostNameImage {
  private static final Pattern NAME = Pattern.compile("checkpoint/utsns-[0-9]{1,10}\\.img");

  /** What the kernel says where nobody has set a domain name. */
  private static final String NO_DOMAIN = "(none)";

  private HostNameImage() {}

  /** Whether a file of a checkpoint is such an image. */
  public static boolean isName(String path) {
    return NAME.matcher(path).matches();
  }

  /**
   * The content of one.
   *
   * @param hostName up to 64 characters of ASCII, as the kernel has it
   */
  public static byte[] of(String hostName) {
    byte[] name = hostName.getBytes(StandardCharsets.US_ASCII);
    byte[] domain = NO_DOMAIN.getBytes(StandardCharsets.US_ASCII);
    if (name.length > 64) {
      throw new IllegalArgumentException("a host name has up to 64 characters");
    }
    int length = 2 + name.length + 2 + domain.length;
    return ByteBuffer.allocate(3 * Integer.BYTES + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ImageFile.COMMON_MAGIC)
        .putInt(ImageFile.Kind.HOST_NAME.magic)
        .putInt(length)
        .put((byte) (1 << 3 | 2))
        .put((byte) name.length)
        .put(name)
        .put((byte) (2 << 3 | 2))
        .put((byte) domain.length)
        .put(domain)
        .array();
  }
}
