package org.letargo.linux;

import static org.letargo.linux.Libc.AT_EMPTY_PATH;
import static org.letargo.linux.Libc.AT_FDCWD;
import static org.letargo.linux.Libc.AT_NO_AUTOMOUNT;
import static org.letargo.linux.Libc.AT_SYMLINK_NOFOLLOW;
import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.MNT_DETACH;
import static org.letargo.linux.Libc.MOVE_MOUNT_F_EMPTY_PATH;
import static org.letargo.linux.Libc.OPEN_TREE_CLONE;
import static org.letargo.linux.Libc.O_CLOEXEC;
import static org.letargo.linux.Libc.UMOUNT_NOFOLLOW;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Mounts and unmounts in the mount namespace of this process. All calls need root; none waits for
 * other programs.
 */
public final class Mounts {
  /** Flags of {@link #mount}, as in mount(2); combine them with {@code |}. */
  public static final long READ_ONLY = 1;

  public static final long NO_SUID = 2;
  public static final long NO_DEVICES = 4;
  public static final long NO_EXEC = 8;

  private static final long MS_REMOUNT = 32;
  private static final long MS_BIND = 4096;
  private static final long MS_PRIVATE = 1 << 18;

  private static final long MOUNT_ATTR_RDONLY = 1;
  private static final long MOUNT_ATTR_IDMAP = 0x100000;
  private static final int MOUNT_ATTR_BYTES = 32;

  private static final int STATX_BYTES = 256;
  private static final int STATX_ATTRIBUTES = 8;
  private static final int STATX_ATTRIBUTES_MASK = 0x38;
  private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;

  private Mounts() {}

  /**
   * Mounts a file system.
   *
   * @param type {@code tmpfs} or {@code overlay}, say
   * @param source a device, or a word for people to read in the list of mounts
   * @param target an existing directory
   * @param flags {@link #READ_ONLY} and the others; 0 for none
   * @param data the file system's own options, comma-separated; may be empty
   * @throws NativeException EINVAL for an option that the file system does not know, ENODEV if the
   *     kernel has no such file system, ENOENT, EPERM
   */
  public static void mount(String type, String source, Path target, long flags, String data) {
    call(
        "mount(" + type + ", " + target + ", " + data + ")",
        () ->
            LIBC.mount(
                NativePath.string(source),
                NativePath.of(target),
                NativePath.string(type),
                new NativeLong(flags),
                NativePath.string(data)));
  }

  /**
   * Makes a directory or file visible at a second place too, without the mounts below it.
   *
   * @param target exists and is of the same kind
   */
  public static void bind(Path source, Path target) {
    call(
        "mount(bind " + source + ", " + target + ")",
        () ->
            LIBC.mount(
                NativePath.of(source), NativePath.of(target), null, new NativeLong(MS_BIND), null));
  }

  /**
   * Like {@link #bind}, and nothing can be written through the target. Nothing is mounted if that
   * fails.
   */
  public static void bindReadOnly(Path source, Path target) {
    bind(source, target);
    try {
      call(
          "mount(remount read-only " + target + ")",
          () ->
              LIBC.mount(
                  null,
                  NativePath.of(target),
                  null,
                  new NativeLong(MS_REMOUNT | MS_BIND | READ_ONLY),
                  null));
    } catch (NativeException e) {
      unmount(target, true);
      throw e;
    }
  }

  /** Stops mounts below the target from being copied to, or from, other mount namespaces. */
  public static void makePrivate(Path target) {
    call(
        "mount(private " + target + ")",
        () -> LIBC.mount(null, NativePath.of(target), null, new NativeLong(MS_PRIVATE), null));
  }

  /**
   * Like {@link #bind}, with shifted owners: a file of id N below the source belongs to
   * hostIdBase+N below the target, for N from 0 to count-1. Files of other ids belong to nobody
   * there and cannot be changed. See mount_setattr(2), MOUNT_ATTR_IDMAP; kernel 5.12, and a file
   * system that supports it: ext4, xfs, btrfs, tmpfs (6.3), overlay's lower layers. Overlay refuses
   * an upper layer of this kind with EOVERFLOW.
   *
   * <p>Blocks for some milliseconds: it starts {@code letargo-relay userns}.
   *
   * @throws NativeException EINVAL if the file system or the kernel cannot do it; EPERM if the
   *     source's ids are mapped already
   */
  public static void idmapped(Path source, Path target, int hostIdBase, int count) {
    idmapped(source, target, hostIdBase, count, false);
  }

  /** Like the other one; with readOnly nothing can be written through the target. */
  public static void idmapped(
      Path source, Path target, int hostIdBase, int count, boolean readOnly) {
    int tree =
        call(
            "open_tree(" + source + ")",
            () -> LIBC.open_tree(AT_FDCWD, NativePath.of(source), OPEN_TREE_CLONE | O_CLOEXEC));
    try (var namespace = UserNamespace.mapping(hostIdBase, count)) {
      byte[] attributes =
          ByteBuffer.allocate(MOUNT_ATTR_BYTES)
              .order(ByteOrder.nativeOrder())
              .putLong(MOUNT_ATTR_IDMAP | (readOnly ? MOUNT_ATTR_RDONLY : 0)) // attr_set
              .putLong(0) // attr_clr
              .putLong(0) // propagation
              .putLong(namespace.fd()) // userns_fd
              .array();
      byte[] itself = {0};
      call(
          "mount_setattr(" + source + ", MOUNT_ATTR_IDMAP)",
          () ->
              LIBC.mount_setattr(
                  tree, itself, AT_EMPTY_PATH, attributes, new NativeLong(MOUNT_ATTR_BYTES)));
      call(
          "move_mount(" + target + ")",
          () ->
              LIBC.move_mount(
                  tree, itself, AT_FDCWD, NativePath.of(target), MOVE_MOUNT_F_EMPTY_PATH));
    } finally {
      Descriptor.closeQuietly(tree); // the mount goes away with it unless it was moved
    }
  }

  /**
   * Unmounts; does not follow a symbolic link.
   *
   * @param lazy take it out of the tree now, and let it go when its last user has left
   * @throws NativeException EBUSY if it is in use and lazy is false; EINVAL if nothing is mounted
   *     there
   */
  public static void unmount(Path target, boolean lazy) {
    call(
        "umount2(" + target + ")",
        () -> LIBC.umount2(NativePath.of(target), UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)));
  }

  /**
   * Whether something is mounted exactly here, bind mounts included. False if there is no such
   * path.
   *
   * @throws NativeException if the path cannot be looked at
   */
  public static boolean isMountPoint(Path path) {
    byte[] result = new byte[STATX_BYTES];
    try {
      call(
          "statx(" + path + ")",
          () ->
              LIBC.statx(
                  AT_FDCWD, NativePath.of(path), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, result));
    } catch (NativeException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        return false;
      }
      throw e;
    }
    ByteBuffer statx = ByteBuffer.wrap(result).order(ByteOrder.nativeOrder());
    if ((statx.getLong(STATX_ATTRIBUTES_MASK) & STATX_ATTR_MOUNT_ROOT) == 0) {
      throw new NativeException("statx(" + path + ", STATX_ATTR_MOUNT_ROOT)", Errno.EOPNOTSUPP);
    }
    return (statx.getLong(STATX_ATTRIBUTES) & STATX_ATTR_MOUNT_ROOT) != 0;
  }

  private interface IntCall {
    int run();
  }

  private static int call(String name, IntCall call) {
    try {
      return call.run();
    } catch (LastErrorException e) {
      throw new NativeException(name, e);
    }
  }
}
