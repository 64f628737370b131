package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.letargo.archive.criu.MemoryLayout;

/**
 * The memory of one process, or one piece of shared memory, of a checkpoint, by address: what a
 * resume serves pages from. May be used by several threads.
 */
public final class StoredMemory {
  private static final String IMAGES = "checkpoint/";

  private final String name;
  private final MemoryLayout layout;
  private final StoredFile pages;

  private StoredMemory(String name, MemoryLayout layout, StoredFile pages) {
    this.name = name;
    this.layout = layout;
    this.pages = pages;
  }

  /**
   * Reads where everything is.
   *
   * @param pagemap name of the image, {@code pagemap-1.img} or {@code pagemap-shmem-7.img}
   * @throws java.nio.file.NoSuchFileException if it, or the pages that it names, is not there
   * @throws org.letargo.archive.ArchiveException CORRUPT if it is no pagemap
   */
  public static StoredMemory open(StoredCheckpoint checkpoint, String pagemap) throws IOException {
    MemoryLayout layout;
    try (InputStream in = checkpoint.file(IMAGES + pagemap).stream()) {
      layout = MemoryLayout.read(in, pagemap);
    }
    return new StoredMemory(pagemap, layout, checkpoint.file(IMAGES + layout.pagesFile()));
  }

  /** Where the pages are. */
  public MemoryLayout layout() {
    return layout;
  }

  /**
   * Reads from an address until the buffer is full.
   *
   * @throws IOException if the memory has no such bytes in one run
   * @throws org.letargo.archive.ArchiveException CORRUPT, naming checkpoint, file and chunk
   */
  public void read(long address, ByteBuffer into) throws IOException {
    if (into.remaining() > layout.contiguousBytes(address)) {
      throw new IOException("%s has no %d bytes at %x".formatted(name, into.remaining(), address));
    }
    long offset = layout.offset(address).orElseThrow();
    int wanted = into.remaining();
    if (pages.read(offset, into) < wanted) {
      throw new java.io.EOFException(layout.pagesFile() + " has less pages than " + name + " says");
    }
  }
}
