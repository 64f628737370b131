package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.letargo.archive.ArchiveException;

/**
 * Which extended attributes travel, and in which form. Two of them contain ids, and those are
 * stored as the VPS sees them, like owners:
 *
 * <ul>
 *   <li>{@code security.capability}: version 3 names the root user of the user namespace in which
 *       the file's capabilities count. The VPS's own root becomes version 2, which names none;
 *       another id of the VPS stays version 3 with the inner id. Left as it is, a capability would
 *       count for whoever owns that id range on the next host.
 *   <li>{@code system.posix_acl_access} and {@code _default}: entries for named users and groups.
 *       Read outside the VPS's user namespace they are ids of the host.
 * </ul>
 *
 * <p>{@code user.*} travels as it is. {@code trusted.overlay.opaque} = y travels for directories.
 * Everything else belongs to the host (labels, overlayfs's own notes) and stays behind.
 */
final class Xattrs {
  static final String OPAQUE = "trusted.overlay.opaque";
  static final int MAX_VALUE_BYTES = 65_536; // XATTR_SIZE_MAX

  private static final int MAX_NAME_BYTES = 255; // XATTR_NAME_MAX
  private static final String USER = "user.";
  private static final String CAPABILITY = "security.capability";
  static final String ACL_ACCESS = "system.posix_acl_access";
  private static final String ACL_DEFAULT = "system.posix_acl_default";
  private static final byte[] YES = {'y'};

  private final IdRange ids;

  Xattrs(IdRange ids) {
    this.ids = ids;
  }

  /** The value as it is stored; empty: the attribute stays behind. */
  Optional<byte[]> save(String name, byte[] value, boolean isDirectory, String rawPath) {
    if (name.startsWith("trusted.overlay.")) {
      return saveOverlay(name, value, isDirectory, rawPath);
    }
    try {
      return switch (name) {
        case CAPABILITY -> Optional.of(saveCapability(value, rawPath));
        case ACL_ACCESS, ACL_DEFAULT ->
            Optional.of(
                shiftAcl(value, host -> ids.toInner(host, "the access list's id", rawPath)));
        default -> name.startsWith(USER) ? Optional.of(value) : Optional.empty();
      };
    } catch (BadValue e) {
      throw notCapturable(rawPath, name, e.getMessage());
    }
  }

  private Optional<byte[]> saveOverlay(
      String name, byte[] value, boolean isDirectory, String rawPath) {
    return switch (name) {
      case OPAQUE -> {
        if (!isDirectory || !Arrays.equals(value, YES)) {
          throw notCapturable(rawPath, name, "it is not the mark of an opaque directory");
        }
        yield Optional.of(value);
      }
      case "trusted.overlay.redirect", "trusted.overlay.metacopy", "trusted.overlay.whiteout" ->
          throw notCapturable(
              rawPath, name, "the file's name or content is partly in the template");
      default -> Optional.empty(); // origin, impure, nlink, uuid: about this mount on this host
    };
  }

  /** The value as it is set on this host. What is not allowed is refused. */
  byte[] restore(String name, byte[] value, boolean isDirectory, String rawPath) {
    if (name.length() > MAX_NAME_BYTES || value.length > MAX_VALUE_BYTES) {
      throw refused(rawPath, name, "name or value is longer than the kernel allows");
    }
    try {
      return switch (name) {
        case OPAQUE -> {
          if (!isDirectory || !Arrays.equals(value, YES)) {
            throw new BadValue("it is not the mark of an opaque directory");
          }
          yield value;
        }
        case CAPABILITY -> {
          if (isDirectory) {
            throw new BadValue("a directory has no capabilities");
          }
          yield restoreCapability(value);
        }
        case ACL_ACCESS -> shiftAcl(value, this::toHost);
        case ACL_DEFAULT -> {
          if (!isDirectory) {
            throw new BadValue("only a directory has a default access list");
          }
          yield shiftAcl(value, this::toHost);
        }
        default -> {
          if (!name.startsWith(USER) || name.length() == USER.length() || name.indexOf('\0') >= 0) {
            throw new BadValue("no archive may set it");
          }
          yield value;
        }
      };
    } catch (BadValue e) {
      throw refused(rawPath, name, e.getMessage());
    }
  }

  private long toHost(long inner) {
    if (inner >= IdRange.COUNT) {
      throw new BadValue("its id " + inner + " is more than " + (IdRange.COUNT - 1));
    }
    return ids.toHost((int) inner);
  }

  // struct vfs_cap_data, vfs_ns_cap_data: linux/capability.h
  private static final int REVISION_MASK = 0xFF000000;
  private static final int REVISION_2 = 0x02000000;
  private static final int REVISION_3 = 0x03000000;
  private static final int FLAGS = 0x00000001; // effective
  private static final int SIZE_2 = 20;
  private static final int SIZE_3 = 24;

  private byte[] saveCapability(byte[] value, String rawPath) {
    // Version 2 names no root user: the template's, as the VPS's own root cannot write it.
    if (isRevision2(value)) {
      return value;
    }
    long root = ids.toInner(rootOf(value), "the capabilities' root user", rawPath);
    return root == 0 ? revision2(value) : revision3(value, root);
  }

  private byte[] restoreCapability(byte[] value) {
    long root = toHost(isRevision2(value) ? 0 : rootOf(value));
    return root == 0 ? revision2(value) : revision3(value, root);
  }

  private static boolean isRevision2(byte[] value) {
    int head = value.length < 4 ? 0 : little(value).getInt(0);
    int revision = head & REVISION_MASK;
    if ((head & ~REVISION_MASK & ~FLAGS) != 0
        || !(revision == REVISION_2 && value.length == SIZE_2
            || revision == REVISION_3 && value.length == SIZE_3)) {
      throw new BadValue("it is no capability set of version 2 or 3");
    }
    return revision == REVISION_2;
  }

  private static long rootOf(byte[] revision3) {
    return little(revision3).getInt(SIZE_2) & 0xFFFF_FFFFL;
  }

  private static byte[] revision2(byte[] value) {
    byte[] changed = Arrays.copyOf(value, SIZE_2);
    little(changed).putInt(0, REVISION_2 | value[0] & FLAGS);
    return changed;
  }

  private static byte[] revision3(byte[] value, long root) {
    byte[] changed = Arrays.copyOf(value, SIZE_3);
    little(changed).putInt(0, REVISION_3 | value[0] & FLAGS).putInt(SIZE_2, (int) root);
    return changed;
  }

  // struct posix_acl_xattr_header and _entry: linux/posix_acl_xattr.h
  private static final int ACL_VERSION = 2;
  private static final int ACL_ENTRY_BYTES = 8;
  private static final int ACL_USER = 0x02;
  private static final int ACL_GROUP = 0x08;
  private static final int ACL_TAGS = 0x3F;
  private static final int ACL_NO_ID = -1;

  private interface IdShift {
    long shift(long id);
  }

  private static byte[] shiftAcl(byte[] value, IdShift shift) {
    ByteBuffer in = little(value);
    ByteBuffer out = ByteBuffer.allocate(value.length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int version = in.getInt();
      if (version != ACL_VERSION || in.remaining() % ACL_ENTRY_BYTES != 0) {
        throw new BadValue("it is no access list of version 2");
      }
      out.putInt(version);
      while (in.hasRemaining()) {
        short tag = in.getShort();
        short permissions = in.getShort();
        int id = in.getInt();
        if (Integer.bitCount(tag) != 1 || (tag & ~ACL_TAGS) != 0 || (permissions & ~7) != 0) {
          throw new BadValue("an entry of the access list is unknown");
        }
        boolean named = tag == ACL_USER || tag == ACL_GROUP;
        out.putShort(tag).putShort(permissions);
        out.putInt(named ? (int) shift.shift(id & 0xFFFF_FFFFL) : ACL_NO_ID);
      }
    } catch (BufferUnderflowException e) {
      throw new BadValue("it is no access list of version 2");
    }
    return out.array();
  }

  private static ByteBuffer little(byte[] value) {
    return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ArchiveException notCapturable(String rawPath, String name, String why) {
    return ArchiveException.notCapturable(
        "the disk cannot be saved at "
            + quoted(RawPaths.shown(rawPath))
            + ", attribute "
            + quoted(name),
        why,
        "Mount the overlay with redirect_dir=off,metacopy=off, or remove the attribute.");
  }

  private static ArchiveException refused(String rawPath, String name, String why) {
    return ArchiveException.refused(
        "attribute "
            + quoted(new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
            + " of "
            + quoted(RawPaths.shown(rawPath))
            + " is refused",
        why);
  }

  /** A value in the wrong form; whoever catches it knows the file. */
  private static final class BadValue extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadValue(String why) {
      super(why, null, false, false);
    }
  }
}
