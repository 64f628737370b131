package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP/1.1 request with a long body, over a connection of its own. The JDK's client looks for
 * the answer only after the whole body is out: when the manager refuses an archive in the middle,
 * its reason would be lost in a broken pipe. Here one thread sends and another one reads.
 */
final class Upload {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int BUFFER = 256 << 10;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int MAX_BODY_BYTES = 1 << 20;

  /**
   * What is sent.
   *
   * @param lengthBytes empty when nobody knows: it then goes in chunks
   */
  record Source(InputStream in, OptionalLong lengthBytes) {}

  private final ManagerUrl url;
  private final String token;

  Upload(ManagerUrl url, String token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Sends and waits for the answer. Leaves the source open.
   *
   * @return the answer's JSON
   * @throws CliFailure if the manager refuses it
   * @throws IOException if the connection or the source breaks
   */
  JsonNode send(String method, String path, String contentType, Source source) throws IOException {
    try (Socket socket = connect()) {
      var failure = new AtomicReference<CliFailure>();
      Thread sender =
          Thread.ofVirtual()
              .name("letargo-upload")
              .start(() -> write(socket, head(method, path, contentType, source), source, failure));
      try {
        return answer(new BufferedInputStream(socket.getInputStream()));
      } catch (IOException e) {
        if (failure.get() != null) {
          throw failure.get();
        }
        throw e;
      } finally {
        sender.interrupt(); // a refusal leaves it in the middle of the body
      }
    }
  }

  private Socket connect() throws IOException {
    String host = url.base().getHost().replaceAll("[\\[\\]]", "");
    var plain = new Socket();
    try {
      plain.connect(new InetSocketAddress(host, url.port()), CONNECT_MILLIS);
      plain.setKeepAlive(true);
      if (!url.isEncrypted()) {
        return plain;
      }
      var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      var encrypted = (SSLSocket) factory.createSocket(plain, host, url.port(), true);
      var parameters = encrypted.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      encrypted.setSSLParameters(parameters);
      return encrypted;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private byte[] head(String method, String path, String contentType, Source source) {
    var uri = url.at(path);
    String length =
        source.lengthBytes().isPresent()
            ? "Content-Length: " + source.lengthBytes().getAsLong()
            : "Transfer-Encoding: chunked";
    return String.join(
            "\r\n",
            method
                + " "
                + uri.getRawPath()
                + Optional.ofNullable(uri.getRawQuery()).map(query -> "?" + query).orElse("")
                + " HTTP/1.1",
            "Host: " + uri.getRawAuthority(),
            "Authorization: Bearer " + token,
            "Content-Type: " + contentType,
            length,
            "Connection: close",
            "",
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** A source that breaks cuts the connection, so that the manager never takes half for whole. */
  private static void write(
      Socket socket, byte[] head, Source source, AtomicReference<CliFailure> failure) {
    boolean chunked = source.lengthBytes().isEmpty();
    long left = source.lengthBytes().orElse(Long.MAX_VALUE);
    try {
      var out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
      out.write(head);
      out.flush();
      byte[] buffer = new byte[BUFFER];
      while (left > 0) {
        int count = read(source.in(), buffer, left, socket, failure);
        if (count < 0) {
          break;
        }
        left -= count;
        if (chunked) {
          out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(buffer, 0, count);
        if (chunked) {
          out.write(new byte[] {'\r', '\n'});
        }
      }
      if (!chunked && left > 0) {
        failure.set(unreadable("it became shorter while it was sent"));
        socket.close();
        return;
      }
      if (chunked) {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
    } catch (IOException refusedOrCut) {
      // the reading side knows why: it has the answer, or fails itself
    }
  }

  private static int read(
      InputStream in, byte[] buffer, long left, Socket socket, AtomicReference<CliFailure> failure)
      throws IOException {
    try {
      return in.read(buffer, 0, (int) Math.min(buffer.length, left));
    } catch (IOException e) {
      failure.set(unreadable(String.valueOf(e.getMessage())));
      socket.close();
      throw e;
    }
  }

  private static CliFailure unreadable(String why) {
    return new CliFailure(
        ExitStatus.SYSTEM,
        "INTERNAL",
        "cannot read what is to be sent",
        why,
        "Nothing of it was taken in; try again when the file is whole.");
  }

  private static JsonNode answer(InputStream in) throws IOException {
    String[] lines = head(in).split("\r\n");
    String[] status = lines[0].split(" ");
    if (status.length < 2
        || !status[0].startsWith("HTTP/1.")
        || !status[1].matches("[2-5]\\d\\d")) {
      throw new IOException("the answer is not HTTP");
    }
    long length = -1;
    boolean chunked = false;
    for (String line : lines) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(lower.indexOf(':') + 1).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      }
    }
    String body = new String(chunked ? chunks(in) : body(in, length), StandardCharsets.UTF_8);
    int code = Integer.parseInt(status[1]);
    if (code / 100 != 2) {
      throw ApiClient.refusal(code, body);
    }
    return body.isBlank() ? JsonNodeFactory.instance.objectNode() : Output.parse(body);
  }

  /** Up to the empty line; an interim answer (100 Continue) is skipped. */
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.length() < MAX_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the manager closed the connection without an answer");
      }
      head.append((char) next);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        if (!head.toString().startsWith("HTTP/1.1 1")) {
          return head.toString();
        }
        head.setLength(0);
      }
    }
    throw new IOException("the head of the answer is too long");
  }

  private static byte[] body(InputStream in, long length) throws IOException {
    return in.readNBytes((int) Math.min(length < 0 ? MAX_BODY_BYTES : length, MAX_BODY_BYTES));
  }

  private static byte[] chunks(InputStream in) throws IOException {
    var whole = new ByteArrayOutputStream();
    while (whole.size() < MAX_BODY_BYTES) {
      int size = Integer.parseInt(line(in).split(";")[0].strip(), 16);
      if (size == 0) {
        break;
      }
      whole.write(in.readNBytes(Math.min(size, MAX_BODY_BYTES)));
      line(in);
    }
    return whole.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.length() > 100) {
        throw new IOException("the answer's chunks are not as they must be");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }
}
