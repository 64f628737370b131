package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.MSG_CMSG_CLOEXEC;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.util.Optional;

/**
 * Takes a descriptor that the peer of a Unix socket sends along with a message; see unix(7),
 * cmsg(3).
 */
final class DescriptorMessage {
  // struct msghdr of 64-bit Linux: name, namelen, iov, iovlen, control, controllen, flags
  private static final int MSGHDR_BYTES = 56;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;

  // struct cmsghdr: length, level, type, then the descriptor
  private static final int CMSG_LEVEL = 8;
  private static final int CMSG_TYPE = 12;
  private static final int CMSG_DATA = 16;

  /** Room for exactly one descriptor: the kernel closes any further ones. */
  private static final int CMSG_BYTES = 20;

  /** runc sends the name of the terminal, which we do not need. */
  private static final int TEXT_BYTES = 4096;

  private DescriptorMessage() {}

  /** The descriptor of the next message, close-on-exec; empty if it brings none. Does not wait. */
  static Optional<Integer> receive(int socket) {
    try (var header = new Memory(MSGHDR_BYTES);
        var vector = new Memory(16);
        var text = new Memory(TEXT_BYTES);
        var control = new Memory(24)) {
      header.clear();
      control.clear();
      vector.setPointer(0, text);
      vector.setLong(8, TEXT_BYTES);
      header.setPointer(IOV, vector);
      header.setLong(IOV_COUNT, 1);
      header.setPointer(CONTROL, control);
      header.setLong(CONTROL_LENGTH, CMSG_BYTES);
      LIBC.recvmsg(socket, header, MSG_CMSG_CLOEXEC);
      boolean brought =
          header.getLong(CONTROL_LENGTH) >= CMSG_BYTES
              && control.getLong(0) == CMSG_BYTES
              && control.getInt(CMSG_LEVEL) == Libc.SOL_SOCKET
              && control.getInt(CMSG_TYPE) == Libc.SCM_RIGHTS;
      return brought ? Optional.of(control.getInt(CMSG_DATA)) : Optional.empty();
    } catch (LastErrorException e) {
      throw new NativeException("recvmsg()", e);
    }
  }
}
