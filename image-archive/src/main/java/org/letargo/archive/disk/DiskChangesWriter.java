package org.letargo.archive.disk;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.letargo.archive.ArchiveException;

/**
 * Saves an overlay's upper directory as {@code rootfs-diff.tar} and {@code deleted.files}. The VPS
 * must stand still meanwhile, and the overlay be mounted with {@code
 * redirect_dir=off,metacopy=off}. Entries are sorted, so the same directory gives the same bytes.
 * What the reader would refuse fails here: a checkpoint that was taken can be resumed.
 */
public final class DiskChangesWriter {
  private final FileSystemCalls calls;
  private final IdRange ids;

  public DiskChangesWriter(FileSystemCalls calls, IdRange ids) {
    this.calls = calls;
    this.ids = ids;
  }

  /**
   * Writes both files, mode 0600, into a directory. They are not made durable. On failure they may
   * be left behind.
   *
   * @throws ArchiveException NOT_CAPTURABLE, naming the file that cannot be saved
   */
  public DiskChanges write(Path upperDirectory, Path checkpointDirectory) throws IOException {
    try (FileChannel tar = create(checkpointDirectory.resolve(DiskChanges.TAR));
        FileChannel list = create(checkpointDirectory.resolve(DiskChanges.DELETED));
        var listOut = new BufferedOutputStream(Channels.newOutputStream(list));
        var deleted = new DeletedFiles.Writer(listOut)) {
      DiskChanges changes = write(upperDirectory, new TarOutput(tar), deleted);
      listOut.flush();
      return changes;
    }
  }

  /** Hands the parts of both files on, in their order. */
  DiskChanges write(Path upperDirectory, TarSink tar, DeletedFiles.Writer deleted)
      throws IOException {
    long[] deletedCount = new long[1];
    var tree =
        new TreeTarWriter(
            calls,
            ids,
            tar,
            TreeTarWriter.Detail.TIMES_AND_HOLES,
            _ -> false,
            path -> {
              deleted.add(path);
              deletedCount[0]++;
            });
    tree.write(upperDirectory);
    deleted.finish();
    return new DiskChanges(
        tree.entries(),
        deletedCount[0],
        tree.dataBytes(),
        tree.skippedSockets(),
        tree.droppedXattrs());
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }
}
