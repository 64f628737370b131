package org.letargo.hook.loan;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One end of the stream of a loan. Every frame is one byte kind, four bytes length (big endian),
 * and so many bytes:
 *
 * <pre>
 *   1 PING      i64 number             4 PAGES     i32 window, then 1 to 65,536 bytes
 *   2 PONG      i64 number             5 LOST      UTF-8, at most 1,024 bytes
 *   3 ASK       i32 first, i32 count, u8 haste
 *                                      6 ALL_HERE, 8 YOURS, 9 PAID, 10 RUNNING: nothing
 *  11 HELLO     i32 version            7 KILLED    UTF-8, at most 1,024 bytes
 * </pre>
 *
 * What claims to be longer is refused before anything is read of it. One thread reads, any number
 * write; a slow peer makes them wait.
 */
public final class LoanStream implements Closeable {
  private static final int HEAD_BYTES = 5;
  private static final int WINDOW_NUMBER_BYTES = Integer.BYTES;
  private static final int MAX_PAYLOAD_BYTES = WINDOW_NUMBER_BYTES + LentWindows.WINDOW_BYTES;

  private enum Kind {
    PING(Long.BYTES, Long.BYTES),
    PONG(Long.BYTES, Long.BYTES),
    ASK(2 * Integer.BYTES + 1, 2 * Integer.BYTES + 1),
    PAGES(WINDOW_NUMBER_BYTES + 1, MAX_PAYLOAD_BYTES),
    LOST(0, LoanFrame.MAX_TEXT_BYTES),
    ALL_HERE(0, 0),
    KILLED(0, LoanFrame.MAX_TEXT_BYTES),
    YOURS(0, 0),
    PAID(0, 0),
    RUNNING(0, 0),
    HELLO(Integer.BYTES, Integer.BYTES);

    private final int leastBytes;
    private final int mostBytes;

    Kind(int leastBytes, int mostBytes) {
      this.leastBytes = leastBytes;
      this.mostBytes = mostBytes;
    }

    int wire() {
      return ordinal() + 1;
    }

    static Kind of(int wire) throws IOException {
      if (wire < 1 || wire > values().length) {
        throw new IOException("the peer sent a frame of the unknown kind " + wire);
      }
      return values()[wire - 1];
    }
  }

  private final InputStream in;
  private final OutputStream out;
  private final byte[] read = new byte[MAX_PAYLOAD_BYTES];
  private final byte[] written = new byte[HEAD_BYTES + MAX_PAYLOAD_BYTES]; // guarded by out

  /**
   * @param in closed with this
   * @param out flushed after each frame; closed with this
   */
  public LoanStream(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Waits for the next frame.
   *
   * @throws EOFException at the end of the stream
   * @throws IOException if it broke, or what comes is no frame
   */
  LoanFrame read() throws IOException {
    fill(HEAD_BYTES);
    ByteBuffer head = ByteBuffer.wrap(read);
    Kind kind = Kind.of(head.get() & 0xff);
    int length = head.getInt();
    if (length < kind.leastBytes || length > kind.mostBytes) {
      throw new IOException(
          "the peer sent a frame " + kind + " of " + Integer.toUnsignedLong(length) + " bytes");
    }
    fill(length);
    ByteBuffer payload = ByteBuffer.wrap(read, 0, length);
    return switch (kind) {
      case HELLO -> new LoanFrame.Hello(payload.getInt());
      case PING -> new LoanFrame.Ping(payload.getLong());
      case PONG -> new LoanFrame.Pong(payload.getLong());
      case ASK -> new LoanFrame.Ask(payload.getInt(), payload.getInt(), haste(payload.get()));
      case PAGES -> new LoanFrame.Pages(payload.getInt(), payload.slice());
      case LOST -> new LoanFrame.Lost(text(length));
      case ALL_HERE -> new LoanFrame.AllHere();
      case KILLED -> new LoanFrame.Killed(text(length));
      case YOURS -> new LoanFrame.Yours();
      case PAID -> new LoanFrame.Paid();
      case RUNNING -> new LoanFrame.Running();
    };
  }

  private void fill(int bytes) throws IOException {
    if (in.readNBytes(read, 0, bytes) < bytes) {
      throw new EOFException("the stream has ended");
    }
  }

  private static LoanFrame.Haste haste(int wire) throws IOException {
    if (wire < 0 || wire >= LoanFrame.Haste.values().length) {
      throw new IOException("the peer asked in the unknown way " + wire);
    }
    return LoanFrame.Haste.values()[wire];
  }

  /** For people, so nothing in it may be more than a line of text. */
  private String text(int length) {
    return new String(read, 0, length, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ");
  }

  /** Sends a frame; a text that is too long is cut. */
  void write(LoanFrame frame) throws IOException {
    synchronized (out) {
      ByteBuffer all = ByteBuffer.wrap(written).position(HEAD_BYTES);
      Kind kind =
          switch (frame) {
            case LoanFrame.Hello(int version) -> {
              all.putInt(version);
              yield Kind.HELLO;
            }
            case LoanFrame.Ping(long number) -> {
              all.putLong(number);
              yield Kind.PING;
            }
            case LoanFrame.Pong(long number) -> {
              all.putLong(number);
              yield Kind.PONG;
            }
            case LoanFrame.Ask(int first, int count, LoanFrame.Haste haste) -> {
              all.putInt(first).putInt(count).put((byte) haste.ordinal());
              yield Kind.ASK;
            }
            case LoanFrame.Pages(int window, ByteBuffer content) -> {
              all.putInt(window).put(content);
              yield Kind.PAGES;
            }
            case LoanFrame.Lost(String reason) -> {
              putText(all, reason);
              yield Kind.LOST;
            }
            case LoanFrame.AllHere() -> Kind.ALL_HERE;
            case LoanFrame.Yours() -> Kind.YOURS;
            case LoanFrame.Paid() -> Kind.PAID;
            case LoanFrame.Running() -> Kind.RUNNING;
            case LoanFrame.Killed(String reason) -> {
              putText(all, reason);
              yield Kind.KILLED;
            }
          };
      all.put(0, (byte) kind.wire()).putInt(1, all.position() - HEAD_BYTES);
      out.write(written, 0, all.position());
      out.flush();
    }
  }

  private static void putText(ByteBuffer all, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    all.put(bytes, 0, Math.min(bytes.length, LoanFrame.MAX_TEXT_BYTES));
  }

  /** Ends what the peer, and whoever reads or writes here, waits for. */
  @Override
  public void close() throws IOException {
    try (in) {
      out.close();
    }
  }
}
