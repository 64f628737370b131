package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What conmon's attach socket is to us: a listener that sends and takes packets. Blocks, so call it
 * from one thread.
 */
final class SeqpacketListener implements AutoCloseable {
  private final int listening;
  private int connection = -1;

  SeqpacketListener(Path path) {
    this(path, Libc.SOCK_SEQPACKET);
  }

  SeqpacketListener(Path path, int type) {
    listening = LIBC.socket(Libc.AF_UNIX, type | Libc.SOCK_CLOEXEC, 0);
    try (UnixAddress address = UnixAddress.of(path)) {
      LIBC.bind(listening, address.bytes(), address.length());
    }
    if (type == Libc.SOCK_SEQPACKET) {
      LIBC.listen(listening, 1);
    } else {
      connection = listening; // datagrams arrive at the socket itself
    }
  }

  void accept() {
    connection = LIBC.accept4(listening, null, null, Libc.SOCK_CLOEXEC);
  }

  void send(byte[] packet) {
    LIBC.send(connection, packet, new NativeLong(packet.length), Libc.MSG_NOSIGNAL);
  }

  byte[] receive() {
    byte[] buffer = new byte[65536];
    int length = LIBC.recv(connection, buffer, new NativeLong(buffer.length), 0).intValue();
    return Arrays.copyOf(buffer, length);
  }

  void hangUp() {
    LIBC.close(connection);
    connection = -1;
  }

  @Override
  public void close() {
    if (connection != -1 && connection != listening) {
      hangUp();
    }
    LIBC.close(listening);
  }
}
