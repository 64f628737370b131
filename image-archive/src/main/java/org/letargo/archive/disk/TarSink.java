package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.file.Path;

/** Takes the parts of {@code rootfs-diff.tar} in their order. */
interface TarSink {
  /** Header blocks, or the map of a sparse file. */
  void write(byte[] bytes) throws IOException;

  /**
   * The content of a member, which stands still.
   *
   * @param path inside the VPS, for messages
   * @param data the ranges of the file that are its content
   * @throws org.letargo.archive.ArchiveException NOT_CAPTURABLE if the file has become shorter
   */
  void content(Path file, String path, FileStatus status, SparseMap data) throws IOException;

  /** Zeros behind content, up to the next block. */
  void pad(long contentBytes) throws IOException;

  /** The end of the tar. */
  void finish() throws IOException;
}
