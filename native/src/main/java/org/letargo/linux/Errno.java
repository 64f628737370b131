package org.letargo.linux;

/**
 * The numbers of errors that wrappers here tell apart; the same on all architectures that we
 * support.
 */
final class Errno {
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int ERANGE = 34;
  static final int ENODATA = 61;
  static final int EPROTO = 71;
  static final int EMSGSIZE = 90;
  static final int ECONNRESET = 104;
  static final int EPIPE = 32;
  static final int ENAMETOOLONG = 36;
  static final int EBADF = 9;
  static final int ESRCH = 3;
  static final int ENOENT = 2;
  static final int ENOTDIR = 20;
  static final int EOPNOTSUPP = 95;

  private Errno() {}
}
