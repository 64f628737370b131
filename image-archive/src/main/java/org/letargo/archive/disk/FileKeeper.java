package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps what a file holds while the file goes on, such as by a copy that shares its blocks (see
 * ioctl_ficlone(2)).
 */
@FunctionalInterface
public interface FileKeeper {
  /** Can keep nothing. */
  FileKeeper NONE = _ -> Optional.empty();

  /**
   * Keeps a file, which stands still during the call.
   *
   * @return where its content is to be read, as long as the caller needs it; empty if it cannot be
   *     kept
   */
  Optional<Path> keep(Path file) throws IOException;
}
