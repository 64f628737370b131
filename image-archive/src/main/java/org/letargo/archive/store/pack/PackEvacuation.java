package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.letargo.archive.DurableFiles;

/**
 * Empties packs: moves what is wanted to another pack, takes the rest from the index, then removes
 * the file. For one thread; the caller has set the marks.
 */
final class PackEvacuation implements AutoCloseable {
  private final PackStore store;
  private final PackAppender target;
  private final Packer packer;
  private final Unpacker unpacker;
  private long writtenBytes;

  PackEvacuation(PackStore store) {
    this.store = store;
    this.target = new PackAppender(store.sync(), store.budget(), store.options().packBytes());
    this.packer = new Packer(store.files().keys(), store.options().zstdLevel());
    this.unpacker = new Unpacker(store.files().keys());
  }

  /** What was copied so far. */
  long writtenBytes() {
    return writtenBytes;
  }

  /**
   * Takes all chunks of a pack from there. All that is wanted is copied before anything is taken
   * from the index, so that a full disk leaves everything as it was.
   *
   * @return how many chunks the store has no more; empty if the pack must stay, because something
   *     in it is wanted and damaged
   */
  Optional<Long> empty(int pack) throws IOException {
    try (PackReaders.Reader reader = store.readers().open(pack)) {
      var scan = new PackScan(reader, pack, unpacker);
      List<PackFormat.Row> rows = scan.scan().rows();
      for (PackFormat.Row row : rows) {
        if (lies(row) && (store.index().marked(row.id()) || store.writers().hold(row.id()))) {
          copy(scan, row);
        }
      }
      StoreFaults.at("collect.copied");
      long removed = 0;
      for (PackFormat.Row row : rows) {
        if (store.index().removeUnless(row.id(), row.place(), store.writers()::hold)) {
          removed++;
        } else if (lies(row)) {
          copy(scan, row); // a writer has found it in the meantime
        }
      }
      return Optional.of(removed);
    } catch (Unpacker.Damage e) {
      return Optional.empty();
    }
  }

  private boolean lies(PackFormat.Row row) {
    return store.index().find(row.id()).equals(Optional.of(row.place()));
  }

  private void copy(PackScan scan, PackFormat.Row row) throws IOException, Unpacker.Damage {
    Place copy = write(scan, row);
    StoreFaults.at("collect.moving");
    store.index().move(row.id(), row.place(), copy);
  }

  private Place write(PackScan scan, PackFormat.Row row) throws IOException, Unpacker.Damage {
    ByteBuffer bytes = scan.read(row.place());
    EntryHeader header = PackScan.check(bytes, row.place(), row.id());
    unpacker.verify(header, bytes, scan.key());
    Place copy = target.copy(header, unpacker.stored(header, bytes, scan.key()), packer);
    writtenBytes += copy.entryBytes();
    return copy;
  }

  /** Makes durable what was copied, then removes the files of packs that were emptied. */
  void removeFiles(List<Integer> packs) throws IOException {
    PackSync.await(target.finish());
    store.sync().flush();
    StoreFaults.at("collect.flushed");
    for (int pack : packs) {
      Path file = store.files().pack(pack);
      long size = Files.size(file);
      Files.delete(file);
      StoreFaults.at("collect.removed");
      store.readers().forget(pack);
      store.budget().add(-size);
    }
    DurableFiles.syncDirectory(store.files().packs());
  }

  /**
   * Copies all that is good in a damaged pack and not elsewhere, whether it is wanted or not.
   *
   * @return whether the pack can go; not if the disk does not let it be read or has no room
   */
  boolean rescue(int pack) {
    try (PackReaders.Reader reader = store.readers().open(pack)) {
      var scan = new PackScan(reader, pack, unpacker);
      List<PackFormat.Row> rows = scan.scan().rows();
      for (PackFormat.Row row : rows) {
        Optional<Place> known = store.index().find(row.id());
        if (known.isEmpty() || known.get().pack() == pack) {
          rescue(scan, row, known);
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void rescue(PackScan scan, PackFormat.Row row, Optional<Place> known) throws IOException {
    try {
      Place copy = write(scan, row);
      if (known.isPresent()) {
        store.index().move(row.id(), known.get(), copy);
      } else {
        store.index().add(row.id(), copy);
      }
    } catch (Unpacker.Damage e) {
      // lost: the index made anew afterwards does not have it
    }
  }

  @Override
  public void close() throws IOException {
    PackSync.await(target.finish());
    packer.close();
    unpacker.close();
  }
}
