package org.letargo.hook.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.letargo.hook.pages.MemoryShape;
import org.letargo.hook.protocol.DataSize;

class LazyFitTest {
  private static final DataSize LIMIT = DataSize.ofMebibytes(1024);

  private static MemoryShape shape(long lazy, long other, long common) {
    return new MemoryShape(lazy << 20, other << 20, common << 20);
  }

  @Test
  void letsMemoryComeLate() {
    assertThat(LazyFit.obstacle(shape(500, 100, 20), LIMIT)).isEmpty();
  }

  @Test
  void readsALittleAtOnce() {
    assertThat(LazyFit.obstacle(shape(15, 100, 0), LIMIT))
        .contains("only 15.0 MiB of its memory could come later");
    assertThat(LazyFit.obstacle(shape(16, 100, 0), LIMIT)).isEmpty();
  }

  @Test
  void keepsWhatIsSharedSinceAForkShared() {
    assertThat(LazyFit.obstacle(shape(500, 0, 126), LIMIT))
        .contains(
            "its processes share up to 126.0 MiB since they were forked, and each would get a copy");
    assertThat(LazyFit.obstacle(shape(500, 0, 125), LIMIT)).isEmpty();
    assertThat(LazyFit.obstacle(shape(100, 0, 64), LIMIT)).isEmpty();
  }

  @Test
  void staysWithinTheLimit() {
    assertThat(LazyFit.obstacle(shape(900, 61, 0), LIMIT))
        .contains("its processes could need 961.0 MiB of the 1.0 GiB that it may have");
    assertThat(LazyFit.obstacle(shape(900, 60, 0), LIMIT)).isEmpty();
  }
}
