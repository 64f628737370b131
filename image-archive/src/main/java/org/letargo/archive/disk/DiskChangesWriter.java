package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.letargo.archive.ArchiveException;

/**
 * Saves an overlay's upper directory as {@code rootfs-diff.tar} and {@code deleted.files}. The VPS
 * must stand still meanwhile, and the overlay be mounted with {@code
 * redirect_dir=off,metacopy=off}. Entries are sorted, so the same directory gives the same bytes.
 * What the reader would refuse fails here: a checkpoint that was taken can be resumed.
 */
public final class DiskChangesWriter {
  private static final int MAX_REPORTED_SOCKETS = 1000;

  private final FileSystemCalls calls;
  private final IdRange ids;

  public DiskChangesWriter(FileSystemCalls calls, IdRange ids) {
    this.calls = calls;
    this.ids = ids;
  }

  /**
   * Writes both files, mode 0600, into a checkpoint directory. They are not made durable: {@link
   * org.letargo.archive.CheckpointDirectory#seal} does that. On failure they may be left behind.
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
    var run = new Run(tar, deleted);
    run.root(upperDirectory);
    deleted.finish();
    return run.result();
  }

  static ArchiveException becameShorter(String path) {
    return notCapturable(path, "it became shorter while it was read", "Freeze the VPS first.");
  }

  private static ArchiveException notCapturable(String path, String why, String remedy) {
    return ArchiveException.notCapturable(
        "the disk of the VPS cannot be saved at " + quoted(RawPaths.shown(path)), why, remedy);
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** One walk. */
  private final class Run {
    private final TarSink tar;
    private final DeletedFiles.Writer deleted;
    private final Xattrs xattrRules = new Xattrs(ids);
    private final Map<FileId, String> firstNames = new HashMap<>(); // of files with several names
    private final List<String> sockets = new ArrayList<>();
    private long entries;
    private long deletedCount;
    private long dataBytes;
    private long droppedXattrs;

    Run(TarSink tar, DeletedFiles.Writer deleted) {
      this.tar = tar;
      this.deleted = deleted;
    }

    DiskChanges result() {
      return new DiskChanges(entries, deletedCount, dataBytes, sockets, droppedXattrs);
    }

    void root(Path upper) throws IOException {
      FileStatus status = calls.status(upper);
      if (status.type() != FileStatus.Type.DIRECTORY) {
        throw new java.nio.file.NotDirectoryException(upper.toString());
      }
      directory(upper, "", status);
      tar.finish();
    }

    private void directory(Path directory, String path, FileStatus status) throws IOException {
      put(directory, path, status, TarEntry.Kind.DIRECTORY, "");
      for (String name : sortedNames(directory)) {
        String child = EntryPaths.child(path, name);
        String problem = EntryPaths.problem(child);
        if (!problem.isEmpty()) {
          throw notCapturable(child, problem, "Move it to a shorter path.");
        }
        entry(RawPaths.resolve(directory, name), child);
      }
    }

    private void entry(Path file, String path) throws IOException {
      FileStatus status = calls.status(file);
      if (status.isWhiteout()) { // first: all whiteouts of an overlay may be one file
        deleted.add(path);
        deletedCount++;
        return;
      }
      if (status.type() == FileStatus.Type.DIRECTORY) {
        directory(file, path, status);
        return;
      }
      if (status.type() == FileStatus.Type.SOCKET) {
        if (sockets.size() < MAX_REPORTED_SOCKETS) {
          sockets.add(path);
        }
        return;
      }
      if (status.links() > 1) {
        String first = firstNames.putIfAbsent(status.id(), path);
        if (first != null) {
          put(file, path, status, TarEntry.Kind.HARD_LINK, first);
          return;
        }
      }
      switch (status.type()) {
        case REGULAR -> regular(file, path, status);
        case SYMLINK -> put(file, path, status, TarEntry.Kind.SYMLINK, calls.readSymlink(file));
        case FIFO -> put(file, path, status, TarEntry.Kind.FIFO, "");
        case CHARACTER_DEVICE, BLOCK_DEVICE -> device(file, path, status);
        case DIRECTORY, SOCKET -> throw new IllegalStateException("handled above");
      }
    }

    private void device(Path file, String path, FileStatus status) throws IOException {
      if (!Devices.isAllowed(status.type(), status.deviceMajor(), status.deviceMinor())) {
        throw notCapturable(
            path,
            "device " + status.deviceMajor() + ":" + status.deviceMinor() + " belongs to the host",
            "Remove the device node; a VPS may have " + Devices.NAMES + ".");
      }
      put(file, path, status, TarEntry.Kind.CHARACTER_DEVICE, "");
    }

    private void regular(Path file, String path, FileStatus status) throws IOException {
      long sizeBytes = status.sizeBytes();
      SparseMap data = SparseMap.of(sizeBytes, visitor -> calls.dataRanges(file, visitor));
      boolean sparse = !data.covers(sizeBytes);
      byte[] map = sparse ? data.encode(sizeBytes) : new byte[0];
      long storedBytes = map.length + data.dataBytes();
      var entry =
          tarEntry(file, path, status, TarEntry.Kind.REGULAR, "", storedBytes, sizeBytes, sparse);
      tar.write(TarBlocks.encode(entry));
      tar.write(map);
      tar.content(file, path, status, data);
      tar.pad(storedBytes);
      entries++;
      dataBytes += data.dataBytes();
    }

    private void put(Path file, String path, FileStatus status, TarEntry.Kind kind, String link)
        throws IOException {
      tar.write(TarBlocks.encode(tarEntry(file, path, status, kind, link, 0, 0, false)));
      entries++;
    }

    private TarEntry tarEntry(
        Path file,
        String path,
        FileStatus status,
        TarEntry.Kind kind,
        String link,
        long storedBytes,
        long realBytes,
        boolean sparse)
        throws IOException {
      return new TarEntry(
          path,
          kind,
          status.mode(),
          ids.toInner(status.userId(), "user id", path),
          ids.toInner(status.groupId(), "group id", path),
          status.modifiedSeconds(),
          status.modifiedNanos(),
          storedBytes,
          realBytes,
          sparse,
          link,
          kind == TarEntry.Kind.HARD_LINK ? 0 : status.deviceMajor(),
          kind == TarEntry.Kind.HARD_LINK ? 0 : status.deviceMinor(),
          xattrs(file, path, status, kind));
    }

    private SortedMap<String, byte[]> xattrs(
        Path file, String path, FileStatus status, TarEntry.Kind kind) throws IOException {
      SortedMap<String, byte[]> kept = new TreeMap<>();
      if (kind == TarEntry.Kind.HARD_LINK || kind == TarEntry.Kind.SYMLINK) {
        return kept; // stored with the first name; a symbolic link has none that travel
      }
      for (String name : calls.listXattrs(file)) {
        Optional<byte[]> value =
            xattrRules.save(
                name, calls.getXattr(file, name), status.type() == FileStatus.Type.DIRECTORY, path);
        value.ifPresentOrElse(bytes -> kept.put(name, bytes), () -> droppedXattrs++);
      }
      return kept;
    }

    private List<String> sortedNames(Path directory) throws IOException {
      List<String> names = new ArrayList<>();
      try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
        children.forEach(child -> names.add(RawPaths.name(child)));
      }
      Collections.sort(names); // raw: the order of bytes
      return names;
    }
  }
}
