package org.letargo.archive.criu;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The image of all open files: which paths the regular ones have, and which sockets there are.
 *
 * <p>Formats: files {id 2, reg 3 {name 6}, isk 4, usk 16}; isk {family 3, type 4, proto 5, state 6,
 * src_port 7, dst_port 8, src_addr 11, dst_addr 12}; usk {state 4, name 11, name_dir 14}. Addresses
 * are words of four bytes as they lie in memory.
 */
final class OpenFiles {
  private static final String NAME = "files.img";

  /** A VPS has as many descriptors as its memory allows; more are not shown to anybody. */
  private static final int MAX_FILES = 2_000_000;

  private static final int MAX_NAME_CHARS = 4096;
  private static final int IPV4 = 2;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int UDPLITE = 136;
  private static final int LISTENING = 10;
  private static final int WORD = 4;
  private static final int WORDS_OF_IPV6 = 4;

  private final Map<Long, String> names = new HashMap<>();
  private final List<CriuSocket> sockets = new ArrayList<>();

  private OpenFiles() {}

  /**
   * Reads it.
   *
   * @throws org.letargo.archive.ArchiveException CORRUPT if it is not what CRIU writes
   */
  static OpenFiles read(ImageSource source) throws IOException {
    var files = new OpenFiles();
    try (var image = ImageFile.open(NAME, source.open(NAME), ImageFile.Kind.FILES)) {
      int count = 0;
      for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
        if (++count > MAX_FILES) {
          throw image.malformed("it has more than " + MAX_FILES + " files");
        }
        files.add(entry.get());
      }
    }
    return files;
  }

  /** The path of a regular file by its number; empty if there is none of that number. */
  String name(long id) {
    return names.getOrDefault(id, "");
  }

  /** Sockets with a name or an address. */
  List<CriuSocket> sockets() {
    return sockets;
  }

  private void add(ProtoMessage file) {
    String name = cut(file.message(3).text(6));
    if (!name.isEmpty()) {
      names.put(file.requireNumber(2), name);
    }
    ProtoMessage inet = file.message(4);
    if (inet.number(3).isPresent()) {
      inet(inet).ifPresent(sockets::add);
    }
    ProtoMessage unix = file.message(16);
    if (unix.number(4).isPresent()) {
      unix(unix).ifPresent(sockets::add);
    }
  }

  private static Optional<CriuSocket> inet(ProtoMessage socket) {
    long localPort = socket.requireNumber(7);
    long remotePort = socket.requireNumber(8);
    if (localPort == 0 && remotePort == 0) {
      return Optional.empty(); // nobody reaches it
    }
    String protocol =
        switch ((int) socket.requireNumber(5)) {
          case TCP -> "tcp";
          case UDP -> "udp";
          case UDPLITE -> "udplite";
          default -> "ip";
        };
    boolean connected = remotePort != 0;
    String state =
        connected ? "connected" : socket.requireNumber(6) == LISTENING ? "listening" : "";
    return Optional.of(
        new CriuSocket(
            socket.requireNumber(3) == IPV4 ? protocol : protocol + "6",
            state,
            address(socket, 11, localPort),
            connected ? address(socket, 12, remotePort) : ""));
  }

  private static String address(ProtoMessage socket, int field, long port) {
    List<Long> words = socket.numbers(field, WORDS_OF_IPV6 + 1);
    ByteBuffer bytes = ByteBuffer.allocate(WORD * words.size()).order(ByteOrder.LITTLE_ENDIAN);
    words.forEach(word -> bytes.putInt((int) (long) word));
    try {
      String text = InetAddress.getByAddress(bytes.array()).getHostAddress();
      return (words.size() > 1 ? "[" + text + "]" : text) + ":" + port;
    } catch (UnknownHostException e) {
      return "?:" + port; // of no length that an address has
    }
  }

  private static Optional<CriuSocket> unix(ProtoMessage socket) {
    String name = cut(socket.text(11)).replace("\0", "@").replaceAll("(?<=.)@$", "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String folder = cut(socket.text(14));
    boolean listens = socket.requireNumber(4) == LISTENING;
    return Optional.of(
        new CriuSocket(
            "unix",
            listens ? "listening" : "",
            folder.isEmpty() || name.startsWith("/") ? name : folder + "/" + name,
            ""));
  }

  private static String cut(String text) {
    return text.length() <= MAX_NAME_CHARS ? text : text.substring(0, MAX_NAME_CHARS);
  }
}
