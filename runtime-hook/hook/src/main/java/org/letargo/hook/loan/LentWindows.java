package org.letargo.hook.loan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.letargo.archive.criu.CriuImages;
import org.letargo.archive.criu.CriuProcess;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.Pagemap;

/**
 * What is lent: all lazy memory of a VPS, cut into <em>windows</em>, each the lazy pages of one
 * process between two multiples of 64 KiB of the address, numbered in the order in which the
 * engine's daemon loads them: process by process as they stand in the process tree, by rising
 * addresses. Both hosts read the same pagemaps and come to the same numbers. Immutable; 16 bytes a
 * window.
 */
public final class LentWindows {
  /** The longest content of a window. */
  public static final int WINDOW_BYTES = 64 << 10;

  /** Nothing at all. */
  public static final LentWindows NONE = new LentWindows();

  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;

  /** 4 TiB; nobody's pagemaps are believed beyond. */
  private static final int MAX_WINDOWS = 1 << 26;

  /** The windows of one process are those from {@code first} to {@code end}. */
  private record Range(int first, int end) {}

  private final Map<Long, Range> processes = new HashMap<>();
  private int[] pids = new int[64];
  private long[] addresses = new long[64];
  private char[] pages = new char[64];
  private int count;
  private long totalBytes;

  private LentWindows() {}

  /**
   * Reads the pagemaps that the engine wrote with {@code --lazy-pages}: lent is what they call lazy
   * and have no content of.
   *
   * @param images the engine's images; of pages images nothing is read
   * @throws IOException also if an image is none
   * @throws org.letargo.archive.ArchiveException CORRUPT if the process tree is none
   */
  public static LentWindows of(Path images) throws IOException {
    LentWindows lent = new LentWindows();
    for (CriuProcess process : new CriuImages(images).processes()) {
      Path file = images.resolve(PageObject.process(process.pid()).pagemapName());
      if (Files.exists(file)) { // else it has ended already
        lent.add(process.pid(), Pagemap.read(file).runs());
      }
    }
    return lent;
  }

  /** The same of runs that are known; by rising addresses for each process. */
  static LentWindows of(List<PageObject> order, Map<PageObject, List<PageRun>> runs)
      throws IOException {
    LentWindows lent = new LentWindows();
    for (PageObject object : order) {
      lent.add((int) object.number(), runs.get(object));
    }
    return lent;
  }

  private void add(int pid, List<PageRun> runs) throws IOException {
    int first = count;
    for (PageRun run : runs) {
      if (run.lazy() && !run.present()) {
        add(pid, first, run);
      }
    }
    if (processes.put((long) pid, new Range(first, count)) != null) {
      throw new IOException("there are two processes " + pid);
    }
  }

  private void add(int pid, int first, PageRun run) throws IOException {
    for (long at = run.address(); at < run.end(); ) {
      long window = at & -WINDOW_BYTES;
      long end = Math.min(run.end(), window + WINDOW_BYTES);
      if (count == first || addresses[count - 1] != window) {
        begin(pid, window);
      }
      for (long page = at; page < end; page += PAGE_BYTES) {
        pages[count - 1] |= (char) (1 << (page - window) / PAGE_BYTES);
      }
      totalBytes += end - at;
      at = end;
    }
  }

  private void begin(int pid, long window) throws IOException {
    if (count == MAX_WINDOWS) {
      throw new IOException("it is more than " + MAX_WINDOWS + " windows of memory");
    }
    if (count == pids.length) {
      pids = Arrays.copyOf(pids, 2 * count);
      addresses = Arrays.copyOf(addresses, 2 * count);
      pages = Arrays.copyOf(pages, 2 * count);
    }
    pids[count] = pid;
    addresses[count] = window;
    pages[count++] = 0;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** All that is lent. */
  public long totalBytes() {
    return totalBytes;
  }

  /** Whose memory a window is. */
  PageObject owner(int window) {
    return PageObject.process(pids[window]);
  }

  /** How long the content of a window is: its pages one behind another. */
  int bytes(int window) {
    return Integer.bitCount(pages[window]) * PAGE_BYTES;
  }

  /** The runs of pages that it consists of, by rising addresses. */
  List<PageRun> runs(int window) {
    List<PageRun> runs = new ArrayList<>();
    int rest = pages[window];
    while (rest != 0) {
      int from = Integer.numberOfTrailingZeros(rest);
      int length = Integer.numberOfTrailingZeros(~(rest >>> from));
      runs.add(new PageRun(addresses[window] + (long) from * PAGE_BYTES, length, true, false));
      rest &= -1 << from + length;
    }
    return runs;
  }

  /** The window that a page lies in; empty if the page is not lent. */
  OptionalInt find(PageObject object, long address) {
    Range range = processes.get(object.number());
    if (range == null || !object.equals(PageObject.process(object.number()))) {
      return OptionalInt.empty();
    }
    int window = Arrays.binarySearch(addresses, range.first, range.end, address & -WINDOW_BYTES);
    return window >= 0 && (pages[window] & bit(window, address)) != 0
        ? OptionalInt.of(window)
        : OptionalInt.empty();
  }

  private int bit(int window, long address) {
    return 1 << (address - addresses[window]) / PAGE_BYTES;
  }

  /** Where the page of an address is in the content of its window. */
  int offset(int window, long address) {
    return Integer.bitCount(pages[window] & bit(window, address) - 1) * PAGE_BYTES;
  }

  /** Whether a page is lent: its content does not lie in the checkpoint. */
  public boolean contains(PageObject object, long address) {
    return find(object, address).isPresent();
  }
}
