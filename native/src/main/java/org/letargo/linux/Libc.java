package org.letargo.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;

/**
 * The C library, named and typed as in the man pages. Paths are NUL-terminated bytes (see {@link
 * NativePath}): Java strings would lose names that are not UTF-8. Errno travels in the exception;
 * it is never asked for afterwards.
 */
interface Libc extends Library {
  /**
   * The symbols of the running process: libc is loaded in every JVM, no library file is looked for.
   */
  Libc LIBC = Native.load(null, Libc.class);

  int AT_FDCWD = -100;
  int AT_SYMLINK_NOFOLLOW = 0x100;
  int AT_NO_AUTOMOUNT = 0x800;
  int AT_EMPTY_PATH = 0x1000;
  int O_RDONLY = 0;
  int O_WRONLY = 1;
  int O_RDWR = 2;
  int O_NOCTTY = 0400;
  int O_NOFOLLOW = Constants.O_NOFOLLOW;
  int O_DIRECTORY = Constants.O_DIRECTORY;
  int O_NONBLOCK = 04000;
  int O_CLOEXEC = 02000000;
  int O_PATH = 010000000;
  int F_GETFL = 3;
  int F_SETFL = 4;
  short POLLIN = 1;
  short POLLOUT = 4;
  int EFD_CLOEXEC = O_CLOEXEC;
  int AF_UNIX = 1;
  int AF_NETLINK = 16;
  int SOCK_STREAM = 1;
  int SOCK_DGRAM = 2;
  int SOCK_RAW = 3;
  int SOCK_SEQPACKET = 5;
  int SOCK_NONBLOCK = O_NONBLOCK;
  int SOCK_CLOEXEC = O_CLOEXEC;
  int SOL_SOCKET = 1;
  int SO_TYPE = 3;
  int SO_RCVTIMEO = 20;
  int SO_SNDTIMEO = 21;
  int SO_PROTOCOL = 38;
  int SO_DOMAIN = 39;
  int SCM_RIGHTS = 1;
  int SHUT_RDWR = 2;
  int MSG_TRUNC = 0x20;
  int MSG_NOSIGNAL = 0x4000;
  int MSG_CMSG_CLOEXEC = 0x40000000;
  int TCGETS = 0x5401;
  int TCSETS = 0x5402;
  int TIOCSWINSZ = 0x5414;
  int TIOCSPTLCK = 0x40045431;
  int TIOCGPTN = 0x80045430;
  int CLONE_NEWNET = 0x40000000;
  int NETLINK_SOCK_DIAG = 4;
  int OPEN_TREE_CLONE = 1;
  int MOVE_MOUNT_F_EMPTY_PATH = 4;
  int MNT_DETACH = 2;
  int UMOUNT_NOFOLLOW = 8;
  int SEEK_DATA = 3;
  int SEEK_HOLE = 4;
  int FALLOC_FL_KEEP_SIZE = 1;
  int FALLOC_FL_PUNCH_HOLE = 2;

  int open(byte[] path, int flags) throws LastErrorException;

  int close(int fd) throws LastErrorException;

  NativeLong syscall(NativeLong number, Object... arguments) throws LastErrorException;

  NativeLong read(int fd, byte[] buffer, NativeLong count) throws LastErrorException;

  NativeLong write(int fd, byte[] buffer, NativeLong count) throws LastErrorException;

  int fcntl(int fd, int command, Object... argument) throws LastErrorException;

  int ioctl(int fd, NativeLong request, Object... argument) throws LastErrorException;

  int poll(Pointer fds, NativeLong count, int timeoutMillis) throws LastErrorException;

  int eventfd(int initial, int flags) throws LastErrorException;

  int pidfd_open(int pid, int flags) throws LastErrorException;

  /** Linux 5.6, glibc 2.36. */
  int pidfd_getfd(int pidfd, int targetFd, int flags) throws LastErrorException;

  int setns(int fd, int kind) throws LastErrorException;

  int pidfd_send_signal(int fd, int signal, Pointer info, int flags) throws LastErrorException;

  int kill(int pid, int signal) throws LastErrorException;

  int socket(int domain, int type, int protocol) throws LastErrorException;

  int setsockopt(int fd, int level, int name, byte[] value, int length) throws LastErrorException;

  int getsockopt(int fd, int level, int name, byte[] value, IntByReference length)
      throws LastErrorException;

  int bind(int fd, byte[] address, int length) throws LastErrorException;

  int listen(int fd, int backlog) throws LastErrorException;

  int accept4(int fd, Pointer address, Pointer length, int flags) throws LastErrorException;

  int connect(int fd, byte[] address, int length) throws LastErrorException;

  int shutdown(int fd, int how) throws LastErrorException;

  NativeLong recv(int fd, byte[] buffer, NativeLong length, int flags) throws LastErrorException;

  NativeLong send(int fd, byte[] buffer, NativeLong length, int flags) throws LastErrorException;

  NativeLong sendto(
      int fd, byte[] buffer, NativeLong length, int flags, byte[] address, int addressLength)
      throws LastErrorException;

  NativeLong recvmsg(int fd, Pointer message, int flags) throws LastErrorException;

  int mount(byte[] source, byte[] target, byte[] type, NativeLong flags, byte[] data)
      throws LastErrorException;

  int umount2(byte[] target, int flags) throws LastErrorException;

  int open_tree(int directory, byte[] path, int flags) throws LastErrorException;

  int mount_setattr(int directory, byte[] path, int flags, byte[] attributes, NativeLong size)
      throws LastErrorException;

  int move_mount(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags)
      throws LastErrorException;

  int statx(int directory, byte[] path, int flags, int mask, byte[] result)
      throws LastErrorException;

  NativeLong llistxattr(byte[] path, byte[] list, NativeLong size) throws LastErrorException;

  NativeLong lgetxattr(byte[] path, byte[] name, byte[] value, NativeLong size)
      throws LastErrorException;

  int lsetxattr(byte[] path, byte[] name, byte[] value, NativeLong size, int flags)
      throws LastErrorException;

  int lremovexattr(byte[] path, byte[] name) throws LastErrorException;

  int mknod(byte[] path, int mode, long device) throws LastErrorException;

  int symlink(byte[] target, byte[] link) throws LastErrorException;

  NativeLong readlink(byte[] path, byte[] buffer, NativeLong size) throws LastErrorException;

  int truncate(byte[] path, long length) throws LastErrorException;

  int chmod(byte[] path, int mode) throws LastErrorException;

  int lchown(byte[] path, int uid, int gid) throws LastErrorException;

  int utimensat(int directory, byte[] path, byte[] times, int flags) throws LastErrorException;

  long lseek(int fd, long offset, int whence) throws LastErrorException;

  int fallocate(int fd, int mode, long offset, long length) throws LastErrorException;

  int fsync(int fd) throws LastErrorException;

  int syncfs(int fd) throws LastErrorException;

  /** The name of an errno, ENOSPC say, as a static string; null if there is none. glibc 2.32. */
  String strerrorname_np(int errno);

  /** What an errno means, in English, as a static string; null if it is unknown. glibc 2.32. */
  String strerrordesc_np(int errno);
}
