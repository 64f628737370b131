package org.letargo.archive.store.pack;

import org.letargo.archive.store.ChunkStore;

/**
 * Where a chunk lies.
 *
 * @param pack number of the pack, unsigned
 * @param offset of the entry's header, in bytes from the beginning of the pack
 * @param storedLength of what follows the header, in bytes
 * @param contentLength of the chunk, in bytes
 */
record Place(int pack, int offset, int storedLength, int contentLength) {
  /** Whether an entry could lie there: an index may be damaged. */
  boolean possible() {
    return offset >= PackFormat.HEADER_BYTES
        && storedLength > 0
        && contentLength > 0
        && contentLength <= ChunkStore.MAX_CHUNK_BYTES
        && storedLength <= contentLength + EntryHeader.TAG_BYTES;
  }

  /** What the entry takes, header included. */
  int entryBytes() {
    return EntryHeader.BYTES + storedLength;
  }

  /** Where the next entry may begin. */
  int end() {
    return offset + entryBytes();
  }
}
