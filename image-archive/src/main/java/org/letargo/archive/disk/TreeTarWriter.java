package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.letargo.archive.ArchiveException;

/**
 * Writes a tree of files as a tar that {@link UpperDirectory} reads: entries in the order of their
 * names, so the same tree gives the same bytes. What the reader would refuse fails here. Used once,
 * by one thread; nobody may write to the tree meanwhile.
 */
final class TreeTarWriter {
  /** How much of a file's nature the tar shows. */
  enum Detail {
    /** All that can be saved. */
    TIMES_AND_HOLES,
    /** What does not change when a tree is carried elsewhere: all times are 0, holes are zeros. */
    CONTENTS
  }

  /** Takes the raw paths of overlayfs's marks of deleted names, which no tar holds. */
  @FunctionalInterface
  interface Whiteouts {
    void add(String rawPath) throws IOException;
  }

  /** Holes of smaller files are not looked for. */
  private static final long MIN_SPARSE_BYTES = 64 << 10;

  private static final int MAX_REPORTED_SOCKETS = 1000;

  private record Inode(long device, long inode) {}

  private final FileSystemCalls calls;
  private final IdRange ids;
  private final TarOutput tar;
  private final Detail detail;
  private final Predicate<String> isSkipped;
  private final Whiteouts whiteouts;
  private final Xattrs xattrRules;
  private final Map<Inode, String> firstNames = new HashMap<>(); // of files with several names
  private final List<String> sockets = new ArrayList<>();
  private long entries;
  private long dataBytes;
  private long droppedXattrs;

  /**
   * @param isSkipped whether a raw path, with all below it, is left out
   */
  TreeTarWriter(
      FileSystemCalls calls,
      IdRange ids,
      TarOutput tar,
      Detail detail,
      Predicate<String> isSkipped,
      Whiteouts whiteouts) {
    this.calls = calls;
    this.ids = ids;
    this.tar = tar;
    this.detail = detail;
    this.isSkipped = isSkipped;
    this.whiteouts = whiteouts;
    this.xattrRules = new Xattrs(ids);
  }

  /** Entries so far, the root included. */
  long entries() {
    return entries;
  }

  /** Content so far, holes that are shown as such not counted. */
  long dataBytes() {
    return dataBytes;
  }

  /** Raw paths of Unix sockets, 1,000 at most: no tar can hold one. */
  List<String> skippedSockets() {
    return List.copyOf(sockets);
  }

  /** Attributes that belong to the host and stayed behind. */
  long droppedXattrs() {
    return droppedXattrs;
  }

  /** Writes the tree and the end of the tar. */
  void write(Path top) throws IOException {
    FileStatus status = calls.status(top);
    if (status.type() != FileStatus.Type.DIRECTORY) {
      throw new java.nio.file.NotDirectoryException(top.toString());
    }
    directory(top, "", status);
    tar.finish();
  }

  private void directory(Path directory, String path, FileStatus status) throws IOException {
    put(directory, path, status, TarEntry.Kind.DIRECTORY, "");
    for (String name : sortedNames(directory)) {
      String child = EntryPaths.child(path, name);
      if (isSkipped.test(child)) {
        continue;
      }
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
      whiteouts.add(path);
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
      String first = firstNames.putIfAbsent(new Inode(status.device(), status.inode()), path);
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
    var data = new SparseMap();
    if (sizeBytes >= MIN_SPARSE_BYTES && detail == Detail.TIMES_AND_HOLES) {
      calls.dataRanges(file, data::add);
    } else {
      data.add(0, sizeBytes);
    }
    boolean sparse = !data.covers(sizeBytes);
    byte[] map = sparse ? data.encode(sizeBytes) : new byte[0];
    long storedBytes = map.length + data.dataBytes();
    var entry =
        tarEntry(file, path, status, TarEntry.Kind.REGULAR, "", storedBytes, sizeBytes, sparse);
    tar.write(TarBlocks.encode(entry));
    tar.write(map);
    copy(file, path, data);
    tar.pad(storedBytes);
    entries++;
    dataBytes += data.dataBytes();
  }

  private void copy(Path file, String path, SparseMap data) throws IOException {
    if (data.count() == 0) {
      return;
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      for (int i = 0; i < data.count(); i++) {
        if (tar.copy(channel, data.offset(i), data.length(i)) < data.length(i)) {
          throw notCapturable(path, "it became shorter while it was read", "Freeze the VPS first.");
        }
      }
    }
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
        detail == Detail.TIMES_AND_HOLES ? status.modifiedSeconds() : 0,
        detail == Detail.TIMES_AND_HOLES ? status.modifiedNanos() : 0,
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

  private static ArchiveException notCapturable(String path, String why, String remedy) {
    return ArchiveException.notCapturable(
        "the disk cannot be saved at " + quoted(RawPaths.shown(path)), why, remedy);
  }
}
