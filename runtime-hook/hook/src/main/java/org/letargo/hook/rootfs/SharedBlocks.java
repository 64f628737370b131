package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.letargo.archive.disk.FileKeeper;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.VpsException;
import org.letargo.linux.Extents;
import org.letargo.linux.NativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files by copies that share their blocks, in a folder on the same file system. Where that
 * cannot do so, nothing is kept and nothing more is tried. For one thread at a time; to be closed
 * when the copies have been read.
 */
final class SharedBlocks implements FileKeeper, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedBlocks.class);
  private static final String PROBE = ".blocks";

  private final Path folder;
  private boolean isMade;
  private boolean works = true;
  private int kept;

  /**
   * @param folder made when it is needed; what is in it goes
   */
  SharedBlocks(Path folder) {
    this.folder = folder;
    DurableFiles.deleteTree(folder);
  }

  /** Whether the file system of a folder can do it; also not if it is full, or cannot be read. */
  static boolean workIn(Path place) {
    try (var blocks = new SharedBlocks(place.resolve(PROBE))) {
      Path file = Files.writeString(blocks.make().resolve("file"), PROBE);
      return blocks.keep(file).isPresent();
    } catch (IOException | VpsException e) {
      LOG.warn("files are not kept in {}: {}", place, e.getMessage());
      return false;
    }
  }

  private Path make() {
    isMade = true;
    return DurableFiles.folder(folder, "rwx------");
  }

  @Override
  public Optional<Path> keep(Path file) throws IOException {
    if (!works) {
      return Optional.empty();
    }
    if (!isMade) {
      make();
    }
    Path copy = folder.resolve(String.valueOf(kept++));
    Files.createFile(
        copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Extents.share(file, copy);
      return Optional.of(copy);
    } catch (NativeException e) {
      works = false;
      LOG.debug("{}, files are read at once", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    DurableFiles.deleteTree(folder);
  }
}
