package org.letargo.hook.pages;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The engine's end of a connection, by hand: it can say anything. Closed by the test. */
final class Client implements AutoCloseable {
  private final SocketChannel channel;
  private final PageProtocol protocol;

  private Client(SocketChannel channel, PageProtocol protocol) {
    this.channel = channel;
    this.protocol = protocol;
  }

  static Client connect(int port, PageProtocol protocol) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
    channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    return new Client(channel, protocol);
  }

  static Client connect(PageReceiver receiver, PageProtocol protocol) throws IOException {
    String address = receiver.address();
    return connect(Integer.parseInt(address.substring(address.indexOf(':') + 1)), protocol);
  }

  /** The program of this JVM: what a peer must run to be this test. */
  static PeerProgram self() {
    return new PeerProgram(Path.of(ProcessHandle.current().info().command().orElseThrow()));
  }

  void open(PageObject object) throws IOException {
    send(PageHeader.OPEN2, 0, 0, 0, object.encoded());
    expect(1);
  }

  /** A run with content: each page is filled with what {@link #fillOf} says. */
  void add(PageObject object, long address, int pages, int flags) throws IOException {
    send(PageHeader.ADD_F, flags, pages, address, object.encoded());
    sendContent(address, pages);
  }

  void sendContent(long address, int pages) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(pages * PageRun.PAGE_BYTES);
    for (int page = 0; page < pages; page++) {
      byte fill = fillOf(address + (long) page * PageRun.PAGE_BYTES);
      for (int i = 0; i < PageRun.PAGE_BYTES; i++) {
        content.put(fill);
      }
    }
    send(content.flip());
  }

  /** What is in every byte of the page at an address. */
  static byte fillOf(long address) {
    return (byte) (address >> 12 ^ address >> 20);
  }

  void send(int command, int flags, long pages, long address, long id) throws IOException {
    ByteBuffer header = protocol.allocateHeader();
    protocol.put(new PageHeader(command, flags, pages, address, id), header);
    send(header.flip());
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Says that it is over; the status that it is answered with. */
  int close(int command) throws IOException {
    send(command, 0, 0, 0, 0);
    return expect(Integer.BYTES).getInt();
  }

  ByteBuffer expect(int bytes) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    while (answer.hasRemaining()) {
      if (channel.read(answer) < 0) {
        throw new IOException("closed after " + answer.position() + " bytes");
      }
    }
    return answer.flip();
  }

  PageHeader expectHeader() throws IOException {
    return protocol.get(expect(protocol.headerBytes()));
  }

  /** Waits until the other end has closed; what it says before is not looked at. */
  void awaitEnd() {
    try {
      ByteBuffer ignored = ByteBuffer.allocate(1 << 16);
      while (channel.read(ignored) >= 0) {
        ignored.clear();
      }
    } catch (IOException e) {
      // reset: closed with something of ours unread
    }
  }

  /** Sends no more. */
  void hangUp() throws IOException {
    channel.close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
