package org.letargo.hook.loan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.letargo.hook.pages.PageObject;

/** Of this very process, which does not stand still, but for the memory that is looked at. */
class FrozenMemoryTest {
  private static final PageObject SELF = PageObject.process(7);

  private static FrozenMemory self() throws IOException {
    return FrozenMemory.open(Map.of(7L, ProcessHandle.current().pid()));
  }

  @Test
  void readsWhatIsThere() throws IOException {
    byte[] content = new byte[100_000];
    new Random(5).nextBytes(content);
    ByteBuffer here = ByteBuffer.allocateDirect(content.length).put(content).flip();
    ByteBuffer read = ByteBuffer.allocateDirect(content.length);

    try (FrozenMemory memory = self()) {
      memory.read(SELF, MemorySegment.ofBuffer(here).address(), read);
    }

    assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(content));
  }

  @Test
  void saysWhatIsNotThere() throws IOException {
    ByteBuffer page = ByteBuffer.allocate(4096);
    try (FrozenMemory memory = self()) {
      assertThatThrownBy(() -> memory.read(SELF, 0, page)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> memory.read(PageObject.process(8), 0, page))
          .isInstanceOf(IOException.class)
          .hasMessage("there is no process 8");
      assertThatThrownBy(() -> memory.read(PageObject.sharedMemory(7), 0, page))
          .isInstanceOf(IOException.class)
          .hasMessage("there is no process 7");
    }
  }

  @Test
  void doesNotOpenWhatHasEnded() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    assertThatThrownBy(() -> FrozenMemory.open(Map.of(1L, ended.pid())))
        .isInstanceOf(IOException.class);
  }
}
