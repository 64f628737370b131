package org.letargo.hook.loan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSource;

/** Made-up memory of some processes: every page says whose it is and where. */
record Memory(List<PageObject> processes, Map<PageObject, List<PageRun>> runs)
    implements PageSource {
  private static final int PAGE = PageRun.PAGE_BYTES;

  /** Runs of one page up to some windows, with gaps of none to some windows between. */
  static Memory random(long seed, int processes, int runs, int mostPages) {
    Random random = new Random(seed);
    Memory memory = new Memory(new ArrayList<>(), new HashMap<>());
    for (int process = 0; process < processes; process++) {
      PageObject object = PageObject.process(1 + 10L * (processes - process));
      List<PageRun> made = new ArrayList<>();
      long address = 0x5500_0000L + (long) random.nextInt(64) * PAGE;
      for (int run = 0; run < runs; run++) {
        int pages = 1 + random.nextInt(mostPages);
        made.add(new PageRun(address, pages, true, false));
        made.add(new PageRun(address + (long) pages * PAGE, 3, false, true)); // is not lent
        address += (long) (pages + 3 + random.nextInt(40)) * PAGE;
      }
      memory.processes.add(object);
      memory.runs.put(object, made);
    }
    return memory;
  }

  LentWindows windows() throws IOException {
    return LentWindows.of(processes, runs);
  }

  List<PageRun> lent(PageObject process) {
    return runs.get(process).stream().filter(PageRun::lazy).toList();
  }

  static long word(PageObject object, long address) {
    return (address ^ object.number() << 48) * 0x9e37_79b9_7f4a_7c15L;
  }

  @Override
  public void read(PageObject object, long address, ByteBuffer into) throws IOException {
    for (long at = address; into.hasRemaining(); at += Long.BYTES) {
      into.putLong(word(object, at));
    }
  }

  /** Whether these are the bytes from an address on. */
  static boolean isRight(PageObject object, long address, ByteBuffer content) {
    for (long at = address; content.hasRemaining(); at += Long.BYTES) {
      if (content.getLong() != word(object, at)) {
        return false;
      }
    }
    return true;
  }
}
