package org.letargo.hook.ahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Memory of this very program, and of others. */
class LiveMemoryTest {
  private static final int WINDOW = 64 << 10;
  private static final int WINDOWS = 40;

  /** All windows of this program that are as long as they can be and begin with these bytes. */
  private static List<byte[]> windows(byte[] first) throws IOException {
    List<byte[]> found = new ArrayList<>();
    new LiveMemory(
            content -> {
              assertThat(content.remaining()).isPositive();
              assertThat(content.remaining() % 4096).isZero();
              if (content.remaining() == WINDOW
                  && content.slice(0, first.length).equals(ByteBuffer.wrap(first))) {
                byte[] window = new byte[WINDOW];
                content.get(window);
                found.add(window);
              }
            })
        .read(ProcessHandle.current().pid());
    return found;
  }

  @Test
  void isCutAtEveryMultipleOf64KiBOfTheAddress() throws IOException {
    ByteBuffer memory = ByteBuffer.allocateDirect((WINDOWS + 2) * WINDOW);
    ByteBuffer aligned = memory.alignedSlice(WINDOW); // by its address
    byte[] mark = new byte[16];
    new Random(9).nextBytes(mark);
    for (int i = 0; i < WINDOWS; i++) {
      aligned.put(i * WINDOW, mark);
      aligned.putInt(i * WINDOW + mark.length, i);
      aligned.putInt((i + 1) * WINDOW - Integer.BYTES, i);
    }

    List<byte[]> found = windows(mark);

    assertThat(found).hasSize(WINDOWS);
    for (int i = 0; i < WINDOWS; i++) {
      ByteBuffer window = ByteBuffer.wrap(found.get(i));
      assertThat(window.getInt(mark.length)).isEqualTo(i);
      assertThat(window.getInt(WINDOW - Integer.BYTES)).isEqualTo(i);
    }
    assertThat(memory.capacity()).isPositive(); // it lives until here
  }

  @Test
  void isNothingOfAProcessThatHasEnded() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    new LiveMemory(
            _ -> {
              throw new AssertionError("there is something");
            })
        .read(ended.pid());
  }

  @Test
  void endsWhenNobodyTakesIt() {
    var memory =
        new LiveMemory(_ -> {
          throw new IOException("nobody");
        });

    assertThatThrownBy(() -> memory.read(ProcessHandle.current().pid()))
        .isInstanceOf(IOException.class)
        .hasMessage("nobody");
  }
}
