package org.letargo.hook.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.letargo.archive.ArchiveException;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageSource;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Resumed;

class CountedPagesTest {
  private static final PageObject INIT = PageObject.process(1);
  private static final int PAGE = 4096;
  private static final PageSource FULL = (_, _, into) -> into.position(into.limit());

  @Test
  void countsEachTwentiethOnce() throws IOException {
    AtomicInteger steps = new AtomicInteger();
    CountedPages pages = new CountedPages(FULL, 100 * PAGE, steps::incrementAndGet);

    for (int page = 0; page < 50; page++) {
      pages.read(INIT, 0, ByteBuffer.allocate(PAGE));
    }

    assertThat(steps).hasValue(10);
    assertThat(pages.state())
        .isEqualTo(new Resumed.Lazily(DataSize.ofBytes(100 * PAGE), DataSize.ofBytes(50 * PAGE)));
    assertThat(pages.state().percent()).isEqualTo(50);
  }

  @Test
  void neverMissesLessThanNothing() throws IOException {
    CountedPages pages = new CountedPages(FULL, PAGE, () -> {});

    pages.read(INIT, 0, ByteBuffer.allocate(2 * PAGE)); // the daemon may ask twice

    assertThat(pages.state().missing()).isEqualTo(DataSize.ofBytes(0));
  }

  @Test
  void remembersDamage() {
    ArchiveException damage = ArchiveException.corrupt("a chunk", "its hash differs");
    CountedPages pages =
        new CountedPages(
            (_, _, _) -> {
              throw damage;
            },
            PAGE,
            () -> {});

    assertThatThrownBy(() -> pages.read(INIT, 0, ByteBuffer.allocate(PAGE))).isSameAs(damage);

    assertThat(pages.damage()).contains(damage);
    assertThat(pages.state().percent()).isZero();
  }

  @Test
  void doesNotCountWhatCouldNotBeRead() {
    CountedPages pages =
        new CountedPages(
            (_, _, _) -> {
              throw new IOException("the disk has gone");
            },
            PAGE,
            () -> {});

    assertThatThrownBy(() -> pages.read(INIT, 0, ByteBuffer.allocate(PAGE)))
        .hasMessage("the disk has gone");

    assertThat(pages.damage()).isEmpty();
    assertThat(pages.state().missing()).isEqualTo(DataSize.ofBytes(PAGE));
  }
}
