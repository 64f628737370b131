package org.letargo.hook.pages;

import org.letargo.linux.BorrowedSocket;
import org.letargo.linux.NativeException;

/**
 * The engine's end of a connection.
 *
 * @param descriptor its number in that process
 */
record PeerSocket(long pid, int descriptor) {
  /**
   * Has it sent at once what it holds back. The engine corks its socket (page-xfer.c, {@code
   * connect_to_page_server_to_send}) and does not uncork it for its last message, {@code CLOSE}:
   * the kernel would keep that for 200 ms, with the VPS frozen.
   */
  void flush() {
    try (BorrowedSocket socket = BorrowedSocket.of(pid, descriptor)) {
      socket.flush();
    } catch (NativeException e) {
      // it has closed it, or has ended: the kernel sends the rest
    }
  }
}
