package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.letargo.archive.DurableFiles;

/**
 * Makes the index of a store from its packs: for a pack with a sound table from that, for another
 * one from its entries. The packs that a process left unfinished when it died are finished on the
 * way, so that they are read whole only once.
 */
final class Recovery {
  private final StoreFiles files;
  private final PackReaders readers;
  private final Set<Integer> tableless = new HashSet<>();

  Recovery(StoreFiles files, PackReaders readers) {
    this.files = files;
    this.readers = readers;
  }

  /** A number that changes when packs come, go, grow or shrink. */
  long fingerprint() throws IOException {
    long fingerprint = 1;
    for (int pack : files.packNumbers()) {
      fingerprint = (fingerprint * 31 + pack) * 31 + Files.size(files.pack(pack));
    }
    return fingerprint;
  }

  /** The sizes of all packs together. */
  long usedBytes() throws IOException {
    long used = 0;
    for (int pack : files.packNumbers()) {
      used += Files.size(files.pack(pack));
    }
    return used;
  }

  /** Opens the index if it can be trusted, and makes it otherwise. */
  ChunkIndex index() throws IOException {
    var known = ChunkIndex.open(files.index(), fingerprint());
    return known.isPresent() ? known.get() : rebuild();
  }

  /** Packs that have no table because the disk has no room for it. */
  Set<Integer> tableless() {
    return tableless;
  }

  private ChunkIndex rebuild() throws IOException {
    ChunkIndex index = ChunkIndex.create(files.index(), expectedChunks());
    try {
      forEachRow(files.packNumbers(), Set.of(), row -> index.add(row.id(), row.place()));
      DurableFiles.syncDirectory(files.packs());
      return index;
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /**
   * Tells all that the packs hold; packs that ought to have a table and have none get one.
   *
   * @param packs listed before asking which are unfinished: the others are written to
   * @param unfinished packs that need none, because they are being written
   */
  void forEachRow(List<Integer> packs, Set<Integer> unfinished, RowVisitor visitor)
      throws IOException {
    try (Unpacker unpacker = new Unpacker(files.keys())) {
      for (int pack : packs) {
        for (PackFormat.Row row : readable(pack, unfinished.contains(pack), unpacker)) {
          visitor.visit(row);
        }
      }
    }
  }

  /** Is told what a pack holds. */
  interface RowVisitor {
    void visit(PackFormat.Row row) throws IOException;
  }

  /** How many chunks the tables tell of. */
  long expectedChunks() throws IOException {
    long chunks = 0;
    for (int pack : files.packNumbers()) {
      try (PackReaders.Reader reader = readers.open(pack)) {
        chunks += PackScan.entriesOfTable(reader, pack);
      }
    }
    return chunks;
  }

  private List<PackFormat.Row> readable(int pack, boolean unfinished, Unpacker unpacker)
      throws IOException {
    PackScan.Found found;
    try (PackReaders.Reader reader = readers.open(pack)) {
      found = new PackScan(reader, pack, unpacker).scan();
    } catch (IOException e) {
      return List.of(); // a bad disk: the others can be read still, and check names this one
    }
    if (!found.tableSound() && !unfinished) {
      finish(pack, found);
    }
    return found.rows();
  }

  /**
   * Makes a pack durable that may not be, and gives it a table. What lies between the last entry
   * and the table stays: a torn tail, or entries that are damaged.
   */
  private void finish(int pack, PackScan.Found found) throws IOException {
    Path file = files.pack(pack);
    if (found.rows().isEmpty()) {
      if (found.gaps() == 0) {
        readers.forget(pack);
        Files.delete(file); // it was just begun
      }
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.force(false);
      long size = channel.size();
      try {
        append(channel, PackFormat.table(pack, Math.toIntExact(size), found.rows()));
      } catch (IOException e) {
        channel.truncate(size); // a full disk: the next open comes here again
        tableless.add(pack);
      }
      channel.force(false);
    }
  }

  private static void append(FileChannel channel, ByteBuffer bytes) throws IOException {
    channel.position(channel.size());
    DurableFiles.writeFully(channel, bytes);
  }
}
