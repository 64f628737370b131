package org.letargo.hook.pages;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads pages from a folder of image files as the engine, or {@link FilePageSink}, wrote them. */
public final class FilePageSource implements PageSource, AutoCloseable {
  private final Path images;
  private final Map<PageObject, Content> contents = new HashMap<>();

  /** The content of one object: the runs that have one, and where in the file each begins. */
  private record Content(List<PageRun> runs, long[] offsets, FileChannel file) {
    /** The run that an address lies in; -1 if there is none. */
    int find(long address) {
      int low = 0;
      int high = runs.size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        PageRun run = runs.get(middle);
        if (address >= run.end()) {
          low = middle + 1;
        } else if (address < run.address()) {
          high = middle - 1;
        } else {
          return middle;
        }
      }
      return -1;
    }
  }

  public FilePageSource(Path images) {
    this.images = images;
  }

  @Override
  public void read(PageObject object, long address, ByteBuffer into) throws IOException {
    Content content = contents.get(object);
    if (content == null) {
      content = open(object);
      contents.put(object, content);
    }
    int index = content.find(address);
    if (index < 0 || into.remaining() > content.runs.get(index).end() - address) {
      throw new IOException(
          "%s has no %d bytes at %s"
              .formatted(object, into.remaining(), Long.toHexString(address)));
    }
    long offset = content.offsets[index] + address - content.runs.get(index).address();
    while (into.hasRemaining()) {
      int count = content.file.read(into, offset);
      if (count < 0) {
        throw new EOFException("the pages of " + object + " end too early");
      }
      offset += count;
    }
  }

  private Content open(PageObject object) throws IOException {
    Pagemap pagemap = Pagemap.read(images.resolve(object.pagemapName()));
    List<PageRun> runs = new ArrayList<>(pagemap.runs());
    runs.removeIf(run -> !run.present());
    long[] offsets = new long[runs.size()];
    long offset = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += runs.get(i).bytes();
    }
    Path file = images.resolve("pages-" + pagemap.pagesId() + ".img");
    return new Content(List.copyOf(runs), offsets, FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public void close() throws IOException {
    for (Content content : contents.values()) {
      content.file.close();
    }
  }
}
