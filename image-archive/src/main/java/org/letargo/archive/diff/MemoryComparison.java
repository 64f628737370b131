package org.letargo.archive.diff;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.ContentIds;
import org.letargo.archive.checkpoint.PagesWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.criu.MemoryLayout;

/** Compares the memory of one process, or one piece of shared memory, window by window. */
final class MemoryComparison {
  private static final String IMAGES = "checkpoint/";

  private MemoryComparison() {}

  /** The memory of one checkpoint, from its lowest address on. */
  private static final class Memory {
    private final MemoryLayout layout;
    private final MemoryLayout.Windows windows;
    private final Optional<ContentIds> contents;
    private boolean ended;

    Memory(StoredCheckpoint checkpoint, String pagemap) throws IOException {
      try (InputStream in = checkpoint.file(IMAGES + pagemap).stream()) {
        layout = MemoryLayout.read(in, pagemap);
      }
      windows = layout.windows(PagesWriter.WINDOW_BYTES);
      contents =
          layout.sizeBytes() == 0
              ? Optional.empty() // the engine makes no file then
              : Optional.of(checkpoint.contentIds(IMAGES + layout.pagesFile()));
      if (contents.isPresent() && layout.sizeBytes() > contents.get().sizeBytes()) {
        throw ArchiveException.corrupt(
            "file '" + layout.pagesFile() + "' is damaged",
            "it has less pages than " + pagemap + " says");
      }
      next();
    }

    void next() {
      ended = !windows.next();
    }

    String content() throws IOException {
      return contents.orElseThrow().of(windows.offset(), windows.bytes());
    }
  }

  /** Of memory that is in one checkpoint alone. */
  static MemoryChange only(StoredCheckpoint checkpoint, String pagemap, boolean isNew)
      throws IOException {
    long bytes = new Memory(checkpoint, pagemap).layout.sizeBytes();
    return isNew ? new MemoryChange(0, bytes, bytes) : new MemoryChange(bytes, 0, 0);
  }

  static MemoryChange between(StoredCheckpoint before, StoredCheckpoint after, String pagemap)
      throws IOException {
    var old = new Memory(before, pagemap);
    var now = new Memory(after, pagemap);
    long changed = 0;
    for (; !now.ended; now.next()) {
      while (!old.ended && old.windows.address() < now.windows.address()) {
        old.next();
      }
      boolean same =
          !old.ended
              && old.windows.address() == now.windows.address()
              && old.windows.pages() == now.windows.pages()
              && old.content().equals(now.content());
      changed += same ? 0 : now.windows.bytes();
    }
    return new MemoryChange(old.layout.sizeBytes(), now.layout.sizeBytes(), changed);
  }
}
