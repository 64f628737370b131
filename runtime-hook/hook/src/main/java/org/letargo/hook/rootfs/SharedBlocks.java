package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.letargo.archive.disk.FileKeeper;
import org.letargo.hook.durable.DurableFiles;
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
  private static final String PROBE = "probe";

  private final Path folder;
  private boolean works = true;
  private int kept;

  /**
   * @param folder made when it is needed; what is in it goes
   */
  SharedBlocks(Path folder) {
    this.folder = folder;
    DurableFiles.deleteTree(folder);
  }

  /** Whether the file system of a folder can do it. */
  static boolean workIn(Path place) {
    Path probe = place.resolve(".blocks-" + ProcessHandle.current().pid());
    try (var blocks = new SharedBlocks(probe)) {
      DurableFiles.folder(probe, "rwx------");
      Path file = Files.writeString(probe.resolve(PROBE), PROBE);
      return blocks.keep(file).isPresent();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot look what the file system of " + place + " can do", e);
    }
  }

  @Override
  public Optional<Path> keep(Path file) throws IOException {
    if (!works) {
      return Optional.empty();
    }
    DurableFiles.folder(folder, "rwx------");
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
