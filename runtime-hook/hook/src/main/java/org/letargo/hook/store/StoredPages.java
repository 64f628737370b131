package org.letargo.hook.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredMemory;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageSource;

/**
 * The memory of a checkpoint, page by page as a lazy resume asks for it. Every chunk is compared
 * with its hash. The checkpoint stays the caller's and must be open meanwhile.
 */
public final class StoredPages implements PageSource {
  private final StoredCheckpoint checkpoint;
  private final Map<PageObject, StoredMemory> memories = new HashMap<>();

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
    StoredMemory memory = memories.get(object);
    if (memory == null) {
      memory = StoredMemory.open(checkpoint, object.pagemapName());
      memories.put(object, memory);
    }
    memory.read(address, into);
  }
}
