package org.letargo.archive.disk;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.letargo.archive.checkpoint.ContentIds;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredFile;

/**
 * Walks over the disk changes of a checkpoint in their order, reading no content. For one thread.
 */
final class DiskListing {
  /** A header with some attributes; content is passed over. */
  private static final int BUFFER_BYTES = 2048;

  private final TarInput tar;
  private final ContentIds contents;
  private Optional<TarEntry> entry = Optional.empty();

  DiskListing(StoredCheckpoint checkpoint) throws IOException {
    this.contents = checkpoint.contentIds(DiskChanges.TAR);
    this.tar =
        new TarInput(
            new BufferedInputStream(new Headers(checkpoint.file(DiskChanges.TAR)), BUFFER_BYTES),
            "the disk changes");
  }

  /**
   * Steps to the next entry.
   *
   * @return empty at the end
   * @throws org.letargo.archive.ArchiveException CORRUPT or REFUSED if it is no tar of ours
   */
  Optional<TarEntry> next() throws IOException {
    if (entry.isPresent()) {
      tar.skipContent();
    }
    entry = tar.next();
    return entry;
  }

  /** Names the content of the entry that {@link #next} has given last. */
  String content() throws IOException {
    long offset = tar.contentOffset();
    long length = entry.orElseThrow().storedBytes();
    return contents.of(Math.min(offset, contents.sizeBytes()), bounded(offset, length));
  }

  /** A header may claim what the file does not have; reading on then says so. */
  private long bounded(long offset, long length) {
    return Math.clamp(length, 0, Math.max(0, contents.sizeBytes() - offset));
  }

  /** The order of a walk: a directory before what is in it, names as their bytes. */
  static int compare(String rawPath, String other) {
    return Arrays.compare(names(rawPath), names(other));
  }

  private static String[] names(String rawPath) {
    return rawPath.isEmpty() ? new String[0] : rawPath.split("/");
  }

  /** Reads where it is asked to, and passes over the rest without fetching it. */
  private static final class Headers extends InputStream {
    private final StoredFile file;
    private long at;

    Headers(StoredFile file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int n = file.read(at, ByteBuffer.wrap(target, offset, length));
      at += n;
      return n == 0 ? -1 : n;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.clamp(count, 0, file.sizeBytes() - at);
      at += skipped;
      return skipped;
    }
  }
}
