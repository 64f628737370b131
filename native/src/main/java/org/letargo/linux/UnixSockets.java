package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Unix sockets of a network namespace with what /proc does not tell of them: who is connected
 * to whom. Asked by sock_diag(7).
 */
public final class UnixSockets {
  /**
   * A socket.
   *
   * @param type 1 stream, 2 datagram, 5 sequence of packets
   * @param isListening whether connections come to it
   * @param peer the inode of the other end; 0 if there is none, or nobody has accepted it yet
   * @param waiting the inodes of connections that a listening one has not accepted; 0 for one that
   *     was closed meanwhile
   * @param unread whether bytes wait to be read; never of one that listens
   * @param unsent whether bytes that it wrote wait to be read at the other end, accepted or not;
   *     never of one that listens
   */
  public record Entry(
      long inode,
      int type,
      boolean isListening,
      long peer,
      List<Long> waiting,
      boolean unread,
      boolean unsent) {
    public Entry {
      waiting = List.copyOf(waiting);
    }
  }

  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int NLM_F_REQUEST_DUMP = 0x301;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int HEADER_BYTES = 16;
  private static final int MESSAGE_BYTES = 16;
  private static final int SHOW_PEER_WAITING_AND_QUEUES = 4 | 8 | 0x10;
  private static final int ATTRIBUTE_PEER = 2;
  private static final int ATTRIBUTE_WAITING = 3;
  private static final int ATTRIBUTE_QUEUES = 4;
  private static final int TCP_LISTEN = 10;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int TIMEOUT_SECONDS = 5;

  private UnixSockets() {}

  /**
   * All of a namespace. Blocks for the time of the answer; its cost grows with the sockets.
   *
   * @param namespace such as /proc/PID/ns/net
   * @throws NativeException ENOENT if the namespace is gone; ENOENT too if the kernel has no
   *     unix_diag
   */
  public static List<Entry> in(Path namespace) {
    int fd = socketIn(namespace);
    try {
      return ask(fd);
    } catch (LastErrorException e) {
      throw new NativeException("sock_diag(" + namespace + ")", e);
    } finally {
      Descriptor.closeQuietly(fd);
    }
  }

  /**
   * A socket belongs for ever to the namespace that its maker was in. setns(2) moves one thread
   * only; that thread is made for it and ends at once, so no other code ever runs in there.
   */
  private static int socketIn(Path namespace) {
    int[] made = {-1};
    NativeException[] failed = {null};
    Thread maker =
        Thread.ofPlatform()
            .name("netns")
            .start(() -> {
              try {
                made[0] = makeSocket(namespace);
              } catch (NativeException e) {
                failed[0] = e;
              }
            });
    boolean interrupted = false;
    while (true) {
      try {
        maker.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // it ends within moments; its descriptor must not be lost
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failed[0] != null) {
      throw failed[0];
    }
    if (made[0] < 0) {
      throw new IllegalStateException("the thread for " + namespace + " died");
    }
    return made[0];
  }

  private static int makeSocket(Path namespace) {
    try {
      int place = LIBC.open(NativePath.of(namespace), Libc.O_RDONLY | Libc.O_CLOEXEC);
      try {
        LIBC.setns(place, Libc.CLONE_NEWNET);
      } finally {
        Descriptor.closeQuietly(place);
      }
      int fd =
          LIBC.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_SOCK_DIAG);
      byte[] timeout = buffer(16).putLong(TIMEOUT_SECONDS).putLong(0).array();
      LIBC.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout, timeout.length);
      return fd;
    } catch (LastErrorException e) {
      throw new NativeException("setns(" + namespace + ")", e);
    }
  }

  private static List<Entry> ask(int fd) {
    byte[] request =
        buffer(HEADER_BYTES + 24)
            .putInt(HEADER_BYTES + 24)
            .putShort((short) SOCK_DIAG_BY_FAMILY)
            .putShort((short) NLM_F_REQUEST_DUMP)
            .putInt(1) // sequence
            .putInt(0) // to the kernel
            .put((byte) Libc.AF_UNIX)
            .put((byte) 0)
            .putShort((short) 0)
            .putInt(-1) // all states
            .putInt(0) // all inodes
            .putInt(SHOW_PEER_WAITING_AND_QUEUES)
            .array();
    LIBC.send(fd, request, new NativeLong(request.length), 0);
    List<Entry> found = new ArrayList<>();
    byte[] answer = new byte[BUFFER_BYTES];
    while (true) {
      int length = LIBC.recv(fd, answer, new NativeLong(answer.length), 0).intValue();
      if (length == 0 || !take(ByteBuffer.wrap(answer, 0, length), found)) {
        return found;
      }
    }
  }

  /** Returns false behind the last message. */
  private static boolean take(ByteBuffer messages, List<Entry> found) {
    messages.order(ByteOrder.nativeOrder());
    while (messages.remaining() >= HEADER_BYTES) {
      int start = messages.position();
      int length = messages.getInt();
      int kind = Short.toUnsignedInt(messages.getShort());
      if (length < HEADER_BYTES || length > messages.limit() - start || kind == NLMSG_DONE) {
        return false;
      }
      messages.position(start + HEADER_BYTES);
      if (kind == NLMSG_ERROR) {
        throw new NativeException("sock_diag(AF_UNIX)", -messages.getInt());
      }
      found.add(entry(messages.slice(start + HEADER_BYTES, length - HEADER_BYTES)));
      messages.position(Math.min(messages.limit(), start + aligned(length)));
    }
    return true;
  }

  private static Entry entry(ByteBuffer message) {
    message.order(ByteOrder.nativeOrder());
    message.get(); // family
    int type = message.get();
    int state = message.get();
    message.get();
    long inode = Integer.toUnsignedLong(message.getInt());
    message.position(MESSAGE_BYTES);
    long peer = 0;
    List<Long> waiting = new ArrayList<>();
    boolean unread = false;
    boolean unsent = false;
    while (message.remaining() >= 4) {
      int start = message.position();
      int length = Short.toUnsignedInt(message.getShort());
      int name = Short.toUnsignedInt(message.getShort());
      if (length < 4 || length > message.limit() - start) {
        break;
      }
      if (name == ATTRIBUTE_PEER) {
        peer = Integer.toUnsignedLong(message.getInt());
      } else if (name == ATTRIBUTE_WAITING) {
        for (int at = 4; at + 4 <= length; at += 4) {
          waiting.add(Integer.toUnsignedLong(message.getInt()));
        }
      } else if (name == ATTRIBUTE_QUEUES && state != TCP_LISTEN) { // else it counts connections
        unread = message.getInt() != 0;
        unsent = message.getInt() != 0;
      }
      message.position(Math.min(message.limit(), start + aligned(length)));
    }
    return new Entry(inode, type, state == TCP_LISTEN, peer, waiting, unread, unsent);
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }
}
