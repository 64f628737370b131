package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.letargo.archive.ArchiveException;

/**
 * Turns the entries of a hostile tar into an overlay's upper directory, or into a template. Used
 * once, by one thread.
 *
 * <p>Why nothing can lead out of it: entries must come in the order in which a walk meets them, so
 * every entry lies in a directory that this run has made and is still inside of, and it is created
 * under one plain name that was not there before. Links are made, never followed. A directory gets
 * its owner, mode, attributes and time when the walk leaves it: until then it is private, and its
 * default access list cannot pass on to what is made in it.
 */
final class UpperDirectory {
  private static final int BUFFER_BYTES = 128 << 10;

  private final TarInput tar;
  private final FileSystemCalls calls;
  private final IdRange ids;
  private final DiskLimits limits;
  private final Xattrs xattrRules;
  private final Deque<Open> inside = new ArrayDeque<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long count;
  private long dataBytes;

  UpperDirectory(TarInput tar, FileSystemCalls calls, IdRange ids, DiskLimits limits) {
    this.tar = tar;
    this.calls = calls;
    this.ids = ids;
    this.limits = limits;
    this.xattrRules = new Xattrs(ids);
  }

  /** Entries of the tar so far, the root included. */
  long entries() {
    return count;
  }

  long dataBytes() {
    return dataBytes;
  }

  /** Makes everything, in a directory that is there and empty. */
  void make(Path root) throws IOException {
    for (Optional<TarEntry> next; (next = tar.next()).isPresent(); ) {
      TarEntry entry = next.get();
      if (++count > limits.maxEntries()) {
        throw ArchiveException.tooLarge(
            tar.subject() + " are too many",
            "there are more than " + limits.maxEntries() + " entries",
            "Raise the limit if you trust the archive.");
      }
      if (inside.isEmpty()) {
        begin(entry, root);
      } else {
        entry(entry);
      }
    }
    if (inside.isEmpty()) {
      throw ArchiveException.refused(tar.subject() + " are refused", "there is no root entry");
    }
    while (!inside.isEmpty()) {
      leave();
    }
  }

  private void begin(TarEntry entry, Path root) {
    if (entry.kind() != TarEntry.Kind.DIRECTORY || !entry.rawPath().isEmpty()) {
      throw refused(entry, "the first entry must be the root");
    }
    requireNoContent(entry);
    inside.push(new Open(entry, root));
  }

  private void entry(TarEntry entry) throws IOException {
    String name = EntryPaths.lastName(entry.rawPath());
    String parent = EntryPaths.parent(entry.rawPath());
    while (inside.size() > 1 && !inside.peek().entry.rawPath().equals(parent)) {
      leave();
    }
    Open directory = inside.peek();
    if (!directory.entry.rawPath().equals(parent)) {
      throw refused(entry, "its directory is not the one that the tar is at");
    }
    if (name.compareTo(directory.lastName) <= 0) {
      throw refused(
          entry,
          name.equals(directory.lastName) || entry.rawPath().isEmpty()
              ? "it comes twice"
              : "it is not in the order of names");
    }
    directory.lastName = name;
    Path file = RawPaths.resolve(directory.path, name);
    make(entry, file);
  }

  private void make(TarEntry entry, Path file) throws IOException {
    if (entry.kind() != TarEntry.Kind.REGULAR) {
      requireNoContent(entry);
    }
    switch (entry.kind()) {
      case REGULAR -> {
        regular(entry, file);
        finish(entry, file);
      }
      case DIRECTORY -> {
        Files.createDirectory(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        inside.push(new Open(entry, file));
      }
      case SYMLINK -> symlink(entry, file);
      case HARD_LINK -> hardLink(entry, file);
      case FIFO -> {
        calls.makeNode(file, FileStatus.Type.FIFO, 0600, 0, 0);
        finish(entry, file);
      }
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        device(entry, file);
        finish(entry, file);
      }
    }
  }

  private void device(TarEntry entry, Path file) throws IOException {
    int major = entry.deviceMajor();
    int minor = entry.deviceMinor();
    var type =
        entry.kind() == TarEntry.Kind.CHARACTER_DEVICE
            ? FileStatus.Type.CHARACTER_DEVICE
            : FileStatus.Type.BLOCK_DEVICE;
    if (!Devices.isAllowed(type, major, minor)) {
      throw refused(
          entry,
          "device " + major + ":" + minor + " is none of " + Devices.NAMES + ", which it may be");
    }
    calls.makeNode(file, type, 0600, major, minor);
  }

  private void symlink(TarEntry entry, Path file) throws IOException {
    String target = entry.rawLink();
    if (target.isEmpty()
        || target.length() > EntryPaths.MAX_LINK_BYTES
        || target.indexOf('\0') >= 0
        || !entry.xattrs().isEmpty()) {
      throw refused(entry, "it is no symbolic link that could have been saved");
    }
    calls.makeSymlink(file, target);
    calls.changeOwner(file, ids.toHost(entry.userId()), ids.toHost(entry.groupId()));
    calls.changeModifiedTime(file, entry.modifiedSeconds(), entry.modifiedNanos());
  }

  /** The first name must be there already, beneath the root, reached through real directories. */
  private void hardLink(TarEntry entry, Path file) throws IOException {
    String problem = EntryPaths.problem(entry.rawLink());
    if (!problem.isEmpty()) {
      throw linkRefused(entry, problem);
    }
    Path target = inside.peekLast().path;
    for (String component : entry.rawLink().split("/")) {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        throw linkRefused(entry, "which is no earlier file of this tar");
      }
      target = RawPaths.resolve(target, component);
    }
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw linkRefused(entry, "which is no earlier file of this tar");
    }
    Files.createLink(file, target);
  }

  private static ArchiveException linkRefused(TarEntry entry, String why) {
    return refused(entry, "it links to " + quoted(RawPaths.shown(entry.rawLink())) + ", " + why);
  }

  private void regular(TarEntry entry, Path file) throws IOException {
    if (entry.realBytes() > DiskLimits.MAX_FILE_BYTES) {
      throw refused(entry, "it claims " + entry.realBytes() + " bytes");
    }
    if (entry.storedBytes() > limits.maxDataBytes() - dataBytes) {
      throw ArchiveException.tooLarge(
          tar.subject() + " are too large at " + quoted(RawPaths.shown(entry.rawPath())),
          "their content has more than " + limits.maxDataBytes() + " bytes",
          "Raise the limit if you trust the archive.");
    }
    dataBytes += entry.storedBytes();
    var data = new SparseMap();
    if (entry.sparse()) {
      data = tar.readSparseMap(entry);
    } else {
      data.add(0, entry.storedBytes());
    }
    try (var channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      for (int i = 0; i < data.count(); i++) {
        copy(channel, data.offset(i), data.length(i));
      }
    }
    if (data.end() < entry.realBytes()) {
      calls.extend(file, entry.realBytes());
    }
  }

  private void copy(FileChannel channel, long offset, long lengthBytes) throws IOException {
    channel.position(offset);
    for (long left = lengthBytes; left > 0; ) {
      int n = (int) Math.min(buffer.length, left);
      tar.readFully(buffer, n);
      for (var bytes = ByteBuffer.wrap(buffer, 0, n); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
      left -= n;
    }
  }

  /** Owner first, as the kernel then clears setuid and capabilities; time last. */
  private void finish(TarEntry entry, Path file) throws IOException {
    calls.changeOwner(file, ids.toHost(entry.userId()), ids.toHost(entry.groupId()));
    calls.changeMode(file, entry.mode());
    boolean isDirectory = entry.kind() == TarEntry.Kind.DIRECTORY;
    boolean mayHaveAny = isDirectory || entry.kind() == TarEntry.Kind.REGULAR; // xattr(7)
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      if (!mayHaveAny && !xattr.getKey().equals(Xattrs.ACL_ACCESS)) {
        throw refused(entry, "a pipe or device has no attribute but an access list");
      }
      byte[] value =
          xattrRules.restore(xattr.getKey(), xattr.getValue(), isDirectory, entry.rawPath());
      calls.setXattr(file, xattr.getKey(), value);
    }
    calls.changeModifiedTime(file, entry.modifiedSeconds(), entry.modifiedNanos());
  }

  private void leave() throws IOException {
    Open left = inside.pop();
    finish(left.entry, left.path);
  }

  private void requireNoContent(TarEntry entry) {
    if (entry.storedBytes() != 0) {
      throw refused(entry, "only a regular file has content");
    }
  }

  private static ArchiveException refused(TarEntry entry, String why) {
    String path = entry.rawPath().isEmpty() ? "./" : entry.rawPath();
    return ArchiveException.refused(
        "the tar entry " + quoted(RawPaths.shown(path)) + " is refused", why);
  }

  /** A directory that the walk is inside of. */
  private static final class Open {
    private final TarEntry entry;
    private final Path path;
    private String lastName = "";

    Open(TarEntry entry, Path path) {
      this.entry = entry;
      this.path = path;
    }
  }
}
