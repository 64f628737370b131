package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the image files of a lazy restore. The engine skips every run with the flag LAZY, leaves
 * its memory empty and asks for it later; what has no such flag it reads from pages-N.img, as
 * always. So runs that may be lazy become only that, and the pages images hold the others: shared
 * memory, stacks, files' private pages, and the hot pages, which are taken out of the lazy runs.
 */
public final class LazyImages {
  private static final Pattern PAGEMAP =
      Pattern.compile("pagemap-(shmem-)?(0|[1-9][0-9]{0,9})\\.img");

  /**
   * The engine makes a buffer of the longest lazy run, and keeps its length in an int (collect_iovs
   * in CRIU's uffd.c); with 2 GiB and more it fails.
   */
  private static final long MAX_LAZY_BYTES = 1L << 30;

  private static final int BUFFER_BYTES = 1 << 20;

  private final PageSource source;
  private final HotPages hot;
  private final PageProtocol protocol;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long lazyPages;
  private long presentPages;

  /**
   * What is left for later and what is there at once.
   *
   * @param lazyPages of private memory, to be asked for
   * @param presentPages written into pages images
   */
  public record Made(long lazyPages, long presentPages) {}

  private LazyImages(PageSource source, HotPages hot, PageProtocol protocol) {
    this.source = source;
    this.hot = hot;
    this.protocol = protocol;
  }

  /**
   * Makes a folder that holds all images of a checkpoint but the pages images into one for a lazy
   * restore: pagemaps are replaced, pages images added.
   *
   * @param images a copy: it can serve no other purpose afterwards, nor if this fails
   */
  public static Made make(Path images, PageSource source, HotPages hot, PageProtocol protocol)
      throws IOException {
    LazyImages making = new LazyImages(source, hot, protocol);
    List<Path> pagemaps = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images, "pagemap-*.img")) {
      files.forEach(pagemaps::add);
    }
    for (Path pagemap : pagemaps) {
      making.replace(pagemap);
    }
    return new Made(making.lazyPages, making.presentPages);
  }

  private void replace(Path file) throws IOException {
    Matcher name = PAGEMAP.matcher(file.getFileName().toString());
    if (!name.matches()) {
      throw new IOException("the pagemap " + file + " has a name that the engine does not give");
    }
    long number = Long.parseLong(name.group(2));
    PageObject object =
        name.group(1) == null ? PageObject.process(number) : PageObject.sharedMemory(number);
    Pagemap pagemap = Pagemap.read(file);
    Path temporary = file.resolveSibling("." + file.getFileName() + ".lazy");
    Path pages = file.resolveSibling("pages-" + pagemap.pagesId() + ".img");
    try (PagemapWriter map = new PagemapWriter(temporary, protocol, pagemap.pagesId());
        FileChannel content =
            FileChannel.open(pages, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (PageRun run : pagemap.runs()) {
        for (PageRun piece : pieces(object, run)) {
          map.write(piece);
          take(object, piece, content);
        }
      }
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void take(PageObject object, PageRun piece, FileChannel content) throws IOException {
    if (!piece.present()) {
      lazyPages += piece.pages();
      return;
    }
    presentPages += piece.pages();
    for (long address = piece.address(); address < piece.end(); address += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, piece.end() - address));
      source.read(object, address, buffer);
      buffer.flip();
      while (buffer.hasRemaining()) {
        content.write(buffer);
      }
    }
  }

  /** What becomes of a run, in order. */
  private List<PageRun> pieces(PageObject object, PageRun run) {
    if (!run.lazy()) {
      return List.of(run);
    }
    List<PageRun> pieces = new ArrayList<>();
    SortedSet<Long> wanted = hot.of(object.number()).subSet(run.address(), run.end());
    long from = run.address();
    for (long address : wanted) {
      addLazy(pieces, from, address);
      addPresent(pieces, address);
      from = address + PageRun.PAGE_BYTES;
    }
    addLazy(pieces, from, run.end());
    return pieces;
  }

  private static void addLazy(List<PageRun> pieces, long from, long to) {
    for (long address = from; address < to; address += MAX_LAZY_BYTES) {
      long bytes = Math.min(MAX_LAZY_BYTES, to - address);
      pieces.add(new PageRun(address, bytes / PageRun.PAGE_BYTES, true, false));
    }
  }

  /** One page more; hot pages that follow one another are one run. */
  private static void addPresent(List<PageRun> pieces, long address) {
    if (!pieces.isEmpty() && pieces.getLast().present() && pieces.getLast().end() == address) {
      PageRun last = pieces.removeLast();
      pieces.add(new PageRun(last.address(), last.pages() + 1, false, true));
    } else {
      pieces.add(new PageRun(address, 1, false, true));
    }
  }
}
