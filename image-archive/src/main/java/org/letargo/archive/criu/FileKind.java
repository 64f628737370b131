package org.letargo.archive.criu;

/** What a descriptor is open on: {@code fd_types} of CRIU's fdinfo.proto, told apart no further. */
public enum FileKind {
  /** A file, directory, device or named pipe. */
  PATH,
  PIPE,
  SOCKET,
  EVENTFD,
  EPOLL,
  INOTIFY,
  SIGNALFD,
  TIMERFD,
  MEMFD,
  /** Whatever else there is. */
  OTHER;

  static FileKind of(long engineType) {
    return switch ((int) engineType) {
      case 1, 3, 11 -> PATH; // REG, FIFO, TTY
      case 2 -> PIPE;
      case 4, 5, 10, 13 -> SOCKET; // INETSK, UNIXSK, PACKETSK, NETLINKSK
      case 6 -> EVENTFD;
      case 7 -> EPOLL;
      case 8 -> INOTIFY;
      case 9 -> SIGNALFD;
      case 17 -> TIMERFD;
      case 18 -> MEMFD;
      default -> OTHER; // also an anonymous pipe of a named one, and what newer engines know
    };
  }
}
