package org.letargo.archive.criu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.OptionalLong;

/** The engine's image files of one checkpoint, wherever they lie. */
public interface ImageSource {
  /**
   * Opens a file; the caller closes it.
   *
   * @param name such as {@code core-1.img}
   * @throws NoSuchFileException if the checkpoint has none of this name
   */
  InputStream open(String name) throws IOException;

  /** How long a file is; empty if the checkpoint has none of this name. */
  OptionalLong sizeBytes(String name) throws IOException;
}
