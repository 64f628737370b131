package org.letargo.hook.loan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;

class LentWindowsTest {
  private static final PageObject INIT = PageObject.process(1);
  private static final PageObject CHILD = PageObject.process(9);

  private static PageRun lazy(long address, long pages) {
    return new PageRun(address, pages, true, false);
  }

  @Test
  void cutsAtMultiplesOf64KiBOfTheAddress() throws IOException {
    LentWindows windows =
        LentWindows.of(
            List.of(CHILD, INIT),
            Map.of(
                CHILD, List.of(lazy(0xf000, 3)),
                INIT, List.of(lazy(0x20000, 16), lazy(0x31000, 1), lazy(0x3e000, 2))));

    assertThat(windows.count()).isEqualTo(4);
    assertThat(windows.totalBytes()).isEqualTo(22 * 4096);
    assertThat(windows.owner(0)).isEqualTo(CHILD);
    assertThat(windows.runs(0)).containsExactly(lazy(0xf000, 1));
    assertThat(windows.runs(1)).containsExactly(lazy(0x10000, 2));
    assertThat(windows.owner(2)).isEqualTo(INIT);
    assertThat(windows.runs(2)).containsExactly(lazy(0x20000, 16));
    assertThat(windows.runs(3)).containsExactly(lazy(0x31000, 1), lazy(0x3e000, 2));
    assertThat(windows.bytes(3)).isEqualTo(3 * 4096);
    assertThat(windows.offset(3, 0x31000)).isZero();
    assertThat(windows.offset(3, 0x3f000)).isEqualTo(2 * 4096);
  }

  @Test
  void lendsNothingThatIsThereAlready() throws IOException {
    LentWindows windows =
        LentWindows.of(
            List.of(INIT),
            Map.of(
                INIT,
                List.of(
                    new PageRun(0x10000, 1, false, true),
                    new PageRun(0x11000, 1, true, true),
                    lazy(0x12000, 1))));

    assertThat(windows.contains(INIT, 0x10000)).isFalse();
    assertThat(windows.contains(INIT, 0x11000)).isFalse();
    assertThat(windows.contains(INIT, 0x12000)).isTrue();
    assertThat(windows.contains(INIT, 0x13000)).isFalse();
    assertThat(windows.contains(CHILD, 0x12000)).isFalse();
    assertThat(windows.contains(PageObject.sharedMemory(1), 0x12000)).isFalse();
  }

  @Test
  void refusesAProcessThatIsThereTwice() {
    assertThatThrownBy(
            () -> LentWindows.of(List.of(INIT, INIT), Map.of(INIT, List.of(lazy(0x1000, 1)))))
        .isInstanceOf(IOException.class)
        .hasMessage("there are two processes 1");
  }

  @Test
  void everyLentPageIsInOneWindow() throws IOException {
    Random random = new Random(3);
    for (int trial = 0; trial < 50; trial++) {
      Memory memory = Memory.random(trial, 1 + random.nextInt(4), 30, 1 + random.nextInt(60));
      LentWindows windows = memory.windows();
      long pages = 0;
      for (PageObject process : memory.processes()) {
        for (PageRun run : memory.lent(process)) {
          for (long at = run.address(); at < run.end(); at += PageRun.PAGE_BYTES) {
            int window = windows.find(process, at).orElseThrow();
            long address = at;
            assertThat(windows.owner(window)).isEqualTo(process);
            assertThat(windows.runs(window))
                .anyMatch(piece -> piece.address() <= address && address < piece.end());
            pages++;
          }
        }
      }
      assertThat(windows.totalBytes()).isEqualTo(pages * PageRun.PAGE_BYTES);
    }
  }
}
