package org.letargo.archive.criu;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.OptionalLong;
import org.letargo.archive.ArchiveException;

/** Image files that must be there: a missing one is damage. */
final class ImageSet {
  private static final int BUFFER_BYTES = 16 << 10;

  private final ImageSource source;

  ImageSet(ImageSource source) {
    this.source = source;
  }

  /**
   * @throws ArchiveException CORRUPT if it is missing, or another kind of file
   */
  ImageFile open(String name, ImageFile.Kind kind) throws IOException {
    return ImageFile.open(name, stream(name), kind);
  }

  /** Where the pages of a process lie, as its pagemap says. */
  MemoryLayout layout(String pagemap) throws IOException {
    try (var in = stream(pagemap)) {
      return MemoryLayout.read(in, pagemap);
    }
  }

  private BufferedInputStream stream(String name) throws IOException {
    try {
      return new BufferedInputStream(source.open(name), BUFFER_BYTES);
    } catch (NoSuchFileException e) {
      throw unfit("image file " + quoted(name) + " is missing");
    }
  }

  OptionalLong sizeBytes(String name) throws IOException {
    return source.sizeBytes(name);
  }

  /** What to throw when images contradict each other. */
  ArchiveException unfit(String why) {
    return ArchiveException.corrupt("the images of the checkpoint do not fit together", why);
  }
}
