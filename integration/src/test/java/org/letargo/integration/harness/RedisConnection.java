package org.letargo.integration.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One TCP connection to a redis, and just enough of its protocol. One thread. */
public final class RedisConnection implements AutoCloseable {
  private static final int PORT = 6379;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int ANSWER_MILLIS = 120_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  public RedisConnection(String address) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(ANSWER_MILLIS);
    socket.connect(new InetSocketAddress(address, PORT), CONNECT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Adds one to a number, and returns what it is then. */
  public long increment(String key) throws IOException {
    String answer = ask("INCR " + key);
    if (!answer.startsWith(":")) {
      throw new IOException("redis says: " + answer);
    }
    return Long.parseLong(answer.substring(1));
  }

  /** Sends a command without spaces in its words, and returns the first line of the answer. */
  public String ask(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("redis closed the connection");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
