package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.letargo.archive.ArchiveException;

/**
 * Makes an overlay's upper directory from {@code rootfs-diff.tar} and {@code deleted.files}. Both
 * are hostile; nothing in them leads out of the directory, and what is not allowed is refused,
 * never skipped.
 */
public final class DiskChangesReader {
  private static final int BUFFER_BYTES = 128 << 10;

  private final FileSystemCalls calls;
  private final IdRange ids;
  private final DiskLimits limits;

  public DiskChangesReader(FileSystemCalls calls, IdRange ids, DiskLimits limits) {
    this.calls = calls;
    this.ids = ids;
    this.limits = limits;
  }

  /**
   * Applies the disk changes of a checkpoint directory and makes them durable. On any failure
   * everything that was made is removed again.
   *
   * @param emptyDirectory exists, is empty, and nobody else reaches it; becomes the root
   * @throws ArchiveException CORRUPT, REFUSED or TOO_LARGE
   */
  public DiskChanges apply(Path checkpointDirectory, Path emptyDirectory) throws IOException {
    try (InputStream tar = open(checkpointDirectory.resolve(DiskChanges.TAR));
        InputStream deleted = open(checkpointDirectory.resolve(DiskChanges.DELETED))) {
      return apply(tar, deleted, emptyDirectory);
    }
  }

  /** The same from streams, which stay open: they are the caller's. */
  public DiskChanges apply(InputStream tar, InputStream deleted, Path emptyDirectory)
      throws IOException {
    requireEmpty(emptyDirectory);
    try {
      var upper = new UpperDirectory(new TarInput(tar, "the disk changes"), calls, ids, limits);
      upper.make(emptyDirectory);
      long whiteouts =
          DeletedFiles.read(
              deleted,
              limits.maxEntries() - upper.entries(),
              path -> whiteout(emptyDirectory, path));
      calls.syncFileSystem(emptyDirectory);
      return new DiskChanges(upper.entries(), whiteouts, upper.dataBytes(), List.of(), 0);
    } catch (Throwable e) {
      try {
        empty(emptyDirectory);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static InputStream open(Path file) throws IOException {
    return new BufferedInputStream(
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
        BUFFER_BYTES);
  }

  /** Marks a name of the template as deleted, in a directory that the tar has made. */
  private void whiteout(Path root, String path) throws IOException {
    Path parent = root;
    String[] components = path.split("/");
    for (int i = 0; i < components.length - 1; i++) {
      parent = RawPaths.resolve(parent, components[i]);
      if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
        throw deletedRefused(path, "its directory is not among the disk changes");
      }
    }
    Path file = RawPaths.resolve(parent, components[components.length - 1]);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw deletedRefused(path, "it is among the disk changes, or listed twice");
    }
    FileStatus before = calls.status(parent);
    calls.makeNode(file, FileStatus.Type.CHARACTER_DEVICE, 0, 0, 0);
    calls.changeModifiedTime(parent, before.modifiedSeconds(), before.modifiedNanos());
  }

  private static ArchiveException deletedRefused(String path, String why) {
    return ArchiveException.refused(
        "the deleted file " + quoted(RawPaths.shown(path)) + " is refused", why);
  }

  private static void requireEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      if (children.iterator().hasNext()) {
        throw new DirectoryNotEmptyException(directory.toString());
      }
    }
  }

  /** Removes all that is in a directory, following no links. */
  private static void empty(Path directory) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          empty(child);
        }
        Files.delete(child);
      }
    }
  }
}
