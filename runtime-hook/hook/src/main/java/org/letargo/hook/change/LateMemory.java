package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.criu.CriuImages;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.loan.LentWindows;
import org.letargo.hook.pages.HotPages;
import org.letargo.hook.pages.LazyImages;
import org.letargo.hook.pages.MemoryShape;
import org.letargo.hook.pages.PageProtocol;
import org.letargo.hook.pages.PageSource;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.store.StoredPages;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the images of a resume whose memory comes late: of the pages only those that cannot, and
 * those that were wanted first the last time.
 */
final class LateMemory implements ImageFolder.Memory {
  private static final Logger LOG = LoggerFactory.getLogger(LateMemory.class);

  private final Host host;
  private final Vps vps;
  private final Optional<Borrowing> borrowing;
  private final HotPages hot;
  private PageSource pages;

  /** Why it must not come late; to be asked when the images are written. */
  private Optional<String> obstacle = Optional.empty();

  private LazyImages.Made made = new LazyImages.Made(0, 0);

  private LateMemory(Host host, Vps vps, StoredCheckpoint stored, Optional<Borrowing> borrowing) {
    this.host = host;
    this.vps = vps;
    this.borrowing = borrowing;
    this.pages = new StoredPages(stored);
    this.hot = borrowing.isPresent() ? HotPages.NONE : hotPages(vps.folder());
  }

  /** What came of it. */
  sealed interface Prepared {
    /** The images are there, and so is who brings the rest. */
    record Comes(Loading loading) implements Prepared {}

    /**
     * It must all be there before anything runs.
     *
     * @param because half a sentence for people
     */
    record CannotCome(String because) implements Prepared {}
  }

  /**
   * Writes the images and starts what serves the rest.
   *
   * @param borrowing who lends what does not lie in the checkpoint; empty: all of it does
   * @throws org.letargo.archive.ArchiveException if what it read of the checkpoint is damaged, or
   *     not to be restored at all
   * @throws IOException if the store or the checkpoint cannot be read, or the images not be written
   */
  static Prepared prepare(
      Host host,
      Vps vps,
      CheckpointReport checkpoint,
      Optional<Borrowing> borrowing,
      BackToCheckpoint back)
      throws IOException {
    StoredCheckpoint own = host.store().checkpoints().read(checkpoint.id().value());
    boolean handedOn = false;
    try {
      LateMemory memory = new LateMemory(host, vps, own, borrowing);
      ImageFolder.write(own, vps.folder().images(), vps.stored().hostIdBase(), memory);
      if (memory.obstacle.isPresent()) {
        return new Prepared.CannotCome(memory.obstacle.get());
      }
      Loading loading =
          Loading.start(
              host,
              new Loading.Plan(
                  vps, checkpoint, own, memory.pages, memory.made, memory.hot, borrowing),
              back);
      handedOn = true;
      return new Prepared.Comes(loading);
    } catch (VpsException e) {
      return new Prepared.CannotCome(e.what() + ": " + e.why());
    } finally {
      if (!handedOn) {
        own.close();
      }
    }
  }

  @Override
  public void addTo(Path images) throws IOException {
    MemoryShape shape = MemoryShape.read(images);
    DataSize limit = vps.spec().limits().memory();
    if (borrowing.isPresent()) {
      obstacle = LazyFit.harm(shape, limit);
      pages = borrowing.get().begin(LentWindows.of(images), pages);
    } else {
      ImageFolder.requireWhole(images);
      obstacle = LazyFit.obstacle(shape, limit);
    }
    HotPages needed = HotPages.ofAddresses(new CriuImages(images).priorityLocks());
    if (obstacle.isEmpty()) {
      made =
          LazyImages.make(images, pages, needed.and(hot), PageProtocol.of(host.engine().version()));
    }
  }

  private static HotPages hotPages(VpsFolder folder) {
    try {
      return DurableFiles.readJson(folder.hotPages(), HotPages.class).orElse(HotPages.NONE);
    } catch (VpsException e) {
      LOG.warn("vps={} {}, continuing without it", folder.name(), e.getMessage());
      return HotPages.NONE;
    }
  }
}
