package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.letargo.archive.disk.FileStatus;
import org.letargo.archive.disk.FileSystemCalls;
import org.letargo.linux.Extents;
import org.letargo.linux.FileBeneath;
import org.letargo.linux.NativeException;

/** A regular file of a VPS that runs, held by a descriptor. */
final class LinuxPinnedFile implements FileSystemCalls.PinnedFile {
  private final FileBeneath file;
  private final FileStatus status;

  private LinuxPinnedFile(FileBeneath file, FileStatus status) {
    this.file = file;
    this.status = status;
  }

  /** Takes the file over; empty, and it is closed, if it is no regular one. */
  static Optional<FileSystemCalls.PinnedFile> of(FileBeneath file) throws IOException {
    FileStatus status;
    try {
      status = FileStatus.ofTarget(file.path());
    } catch (Throwable e) {
      file.close();
      throw e;
    }
    if (status.type() != FileStatus.Type.REGULAR) {
      file.close(); // opening it could wait, or worse
      return Optional.empty();
    }
    return Optional.of(new LinuxPinnedFile(file, status));
  }

  @Override
  public FileStatus status() {
    return status;
  }

  @Override
  public void dataRanges(FileSystemCalls.RangeVisitor visitor) throws IOException {
    try {
      for (Extents.Extent extent : Extents.dataOf(file)) {
        visitor.range(extent.offsetBytes(), extent.lengthBytes());
      }
    } catch (NativeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public FileChannel open() throws IOException {
    return FileChannel.open(file.path(), StandardOpenOption.READ);
  }

  @Override
  public void close() {
    file.close();
  }
}
