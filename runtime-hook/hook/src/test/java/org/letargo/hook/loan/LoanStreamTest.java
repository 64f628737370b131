package org.letargo.hook.loan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoanStreamTest {
  private static final int TRIALS = 20_000;

  private static byte[] written(LoanFrame... frames) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LoanStream stream = new LoanStream(ByteArrayInputStream.nullInputStream(), out);
    for (LoanFrame frame : frames) {
      stream.write(frame);
    }
    return out.toByteArray();
  }

  private static LoanStream over(byte[] bytes) {
    return new LoanStream(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
  }

  @Test
  void bringsEveryFrameOver() throws IOException {
    List<LoanFrame> frames =
        List.of(
            new LoanFrame.Hello(LoanFrame.VERSION),
            new LoanFrame.Ping(Long.MAX_VALUE),
            new LoanFrame.Pong(1),
            new LoanFrame.Ask(7, LoanFrame.Haste.AHEAD),
            new LoanFrame.Ask(8, 77, LoanFrame.Haste.URGENT),
            new LoanFrame.Ask(Integer.MAX_VALUE, LoanFrame.Haste.HURRY),
            new LoanFrame.Lost("gone"),
            new LoanFrame.AllHere(),
            new LoanFrame.Yours(),
            new LoanFrame.Paid(),
            new LoanFrame.Running(),
            new LoanFrame.Killed(""));
    LoanStream stream = over(written(frames.toArray(LoanFrame[]::new)));

    for (LoanFrame frame : frames) {
      assertThat(stream.read()).isEqualTo(frame);
    }
    assertThatThrownBy(stream::read).isInstanceOf(EOFException.class);
  }

  @Test
  void bringsPagesOver() throws IOException {
    byte[] content = new byte[LentWindows.WINDOW_BYTES];
    new Random(1).nextBytes(content);
    LoanStream stream = over(written(new LoanFrame.Pages(3, ByteBuffer.wrap(content))));

    assertThat(stream.read())
        .isInstanceOfSatisfying(
            LoanFrame.Pages.class,
            pages -> {
              assertThat(pages.window()).isEqualTo(3);
              assertThat(pages.content()).isEqualTo(ByteBuffer.wrap(content));
            });
  }

  @Test
  void cutsTextsAndKeepsThemOnOneLine() throws IOException {
    LoanStream stream = over(written(new LoanFrame.Lost("a\nb\u001b[31m" + "x".repeat(5000))));

    assertThat(stream.read())
        .isInstanceOfSatisfying(
            LoanFrame.Lost.class,
            lost ->
                assertThat(lost.reason())
                    .startsWith("a b [31mxxx")
                    .hasSize(LoanFrame.MAX_TEXT_BYTES));
  }

  /**
   * Kinds as they stand on the wire: PING, PONG, ASK, PAGES, LOST, ALL_HERE, KILLED, YOURS, PAID.
   */
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "255,8",
    "1,7",
    "1,9",
    "2,-1",
    "3,8",
    "3,10",
    "4,4",
    "4,65541",
    "4,2147483647",
    "5,1025",
    "6,1",
    "7,-2147483648",
    "8,1",
    "9,1",
    "10,1",
    "11,3",
    "12,0"
  })
  void refusesWhatNoFrameIs(int kind, int length) {
    byte[] bytes = ByteBuffer.allocate(100_000).put((byte) kind).putInt(length).array();

    assertThatThrownBy(over(bytes)::read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the peer sent a frame");
  }

  @Test
  void refusesAnUnknownHaste() {
    byte[] bytes = {3, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 3};

    assertThatThrownBy(over(bytes)::read).hasMessageContaining("unknown way 3");
  }

  @Test
  void takesAnythingForAFrameOrRefusesIt() throws IOException {
    Random random = new Random(42);
    byte[] good = written(new LoanFrame.Ping(5), new LoanFrame.Lost("x"), new LoanFrame.AllHere());
    int refused = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      byte[] bytes = good.clone();
      for (int change = 0; change <= trial % 4; change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      LoanStream stream = over(bytes);
      try {
        while (true) {
          assertThat(stream.read()).isNotNull();
        }
      } catch (EOFException e) {
        // all of it could be read
      } catch (IOException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(TRIALS / 10, TRIALS);
  }
}
