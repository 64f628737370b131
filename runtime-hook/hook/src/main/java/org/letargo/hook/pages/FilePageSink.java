package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes pages-N.img files as the engine would without a page server. They lie in the page cache
 * when {@link #finish} returns; whoever needs them durable syncs them.
 */
public final class FilePageSink implements PageSink, AutoCloseable {
  private final Path images;
  private FileChannel pages;

  /**
   * @param images the folder; the files must not be there
   */
  public FilePageSink(Path images) {
    this.images = images;
  }

  @Override
  public void begin(PageObject object, int pagesId) throws IOException {
    pages =
        FileChannel.open(
            images.resolve("pages-" + pagesId + ".img"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
  }

  @Override
  public void run(PageRun run) {
    // the pagemap says it
  }

  @Override
  public void window(long address, PageBuffer content) throws IOException {
    try (content) {
      while (content.bytes().hasRemaining()) {
        pages.write(content.bytes());
      }
    }
  }

  @Override
  public void end() throws IOException {
    pages.close();
  }

  @Override
  public void finish() {
    // a write that failed has failed already
  }

  /** Closes what a dump that broke off has left open. */
  @Override
  public void close() throws IOException {
    if (pages != null) {
      pages.close();
    }
  }
}
