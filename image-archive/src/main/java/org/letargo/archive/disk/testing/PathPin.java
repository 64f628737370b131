package org.letargo.archive.disk.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.letargo.archive.disk.FileStatus;
import org.letargo.archive.disk.FileSystemCalls;

/** Pins a file by its name only: enough where nobody changes the tree. */
public record PathPin(FileSystemCalls calls, Path file, FileStatus status)
    implements FileSystemCalls.PinnedFile {
  /** The file, if it is a regular one. */
  public static Optional<FileSystemCalls.PinnedFile> of(FileSystemCalls calls, Path file)
      throws IOException {
    FileStatus status = calls.status(file);
    return status.type() == FileStatus.Type.REGULAR
        ? Optional.of(new PathPin(calls, file, status))
        : Optional.empty();
  }

  @Override
  public void dataRanges(FileSystemCalls.RangeVisitor visitor) throws IOException {
    calls.dataRanges(file, visitor);
  }

  @Override
  public FileChannel open() throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() {
    // holds nothing
  }
}
