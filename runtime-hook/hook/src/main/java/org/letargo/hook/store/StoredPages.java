package org.letargo.hook.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredMemory;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSource;

/**
 * The memory of a checkpoint, page by page as a lazy resume asks for it. Every chunk is compared
 * with its hash. The checkpoint stays the caller's and must be open meanwhile.
 */
public final class StoredPages implements PageSource {
  private final StoredCheckpoint checkpoint;

  /**
   * Each keeps the chunk that it read last. Single pages are asked for between long runs, and by a
   * program that goes through its memory: without a place of their own every one would cost a
   * chunk.
   */
  private final Map<PageObject, StoredMemory> runs = new HashMap<>();

  private final Map<PageObject, StoredMemory> pages = new HashMap<>();

  public StoredPages(StoredCheckpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /**
   * {@inheritDoc}
   *
   * @throws org.letargo.archive.ArchiveException CORRUPT, naming checkpoint, file and chunk
   */
  @Override
  public void read(PageObject object, long address, ByteBuffer into) throws IOException {
    boolean isPage = into.remaining() <= PageRun.PAGE_BYTES;
    memory(isPage ? pages : runs, object).read(address, into);
  }

  private StoredMemory memory(Map<PageObject, StoredMemory> opened, PageObject object)
      throws IOException {
    StoredMemory memory = opened.get(object);
    if (memory == null) {
      memory = StoredMemory.open(checkpoint, object.pagemapName());
      opened.put(object, memory);
    }
    return memory;
  }
}
