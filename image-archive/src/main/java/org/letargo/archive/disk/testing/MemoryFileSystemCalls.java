package org.letargo.archive.disk.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.letargo.archive.disk.FileStatus;
import org.letargo.archive.disk.FileSystemCalls;
import org.letargo.archive.disk.RawPaths;

/**
 * The fake of {@link FileSystemCalls} for tests without root: files, directories and links are
 * real, while owners, modes, times, attributes and device nodes are only remembered, by inode. A
 * file has one data range, all of it. Strict: an attribute that is not there and a name that is
 * taken fail as they do in the kernel.
 */
public final class MemoryFileSystemCalls implements FileSystemCalls {
  private static final long ROOT = 0;

  /** The lock is this object's monitor: calls may come from several threads. */
  private final Map<Object, Remembered> byInode = new HashMap<>();

  private static final class Remembered {
    private Optional<FileStatus.Type> type = Optional.empty();
    private int major;
    private int minor;
    private long userId = ROOT;
    private long groupId = ROOT;
    private Optional<Integer> mode = Optional.empty();
    private Optional<Instant> modified = Optional.empty();
    private Optional<String> target = Optional.empty();
    private final Map<String, byte[]> xattrs = new TreeMap<>();
  }

  @Override
  public synchronized FileStatus status(Path path) throws IOException {
    FileStatus real = FileSystemCalls.super.status(path);
    Remembered file = of(path);
    Instant modified =
        file.modified.orElse(Instant.ofEpochSecond(real.modifiedSeconds(), real.modifiedNanos()));
    return new FileStatus(
        file.type.orElse(real.type()),
        file.mode.orElse(real.mode()),
        file.userId,
        file.groupId,
        file.major,
        file.minor,
        real.sizeBytes(),
        real.device(),
        real.inode(),
        real.links(),
        modified.getEpochSecond(),
        modified.getNano(),
        real.changedSeconds(),
        real.changedNanos());
  }

  @Override
  public synchronized void changeOwner(Path path, long userId, long groupId) throws IOException {
    Remembered file = of(path);
    file.userId = userId;
    file.groupId = groupId;
    file.mode = file.mode.map(mode -> mode & 01777); // as the kernel does
    file.xattrs.remove("security.capability");
  }

  @Override
  public synchronized void changeMode(Path path, int mode) throws IOException {
    of(path).mode = Optional.of(mode);
  }

  @Override
  public synchronized void extend(Path file, long sizeBytes) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (channel.size() < sizeBytes) {
        channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
      }
    }
  }

  @Override
  public synchronized void changeModifiedTime(Path path, long seconds, int nanos)
      throws IOException {
    Instant modified = Instant.ofEpochSecond(seconds, nanos);
    of(path).modified = Optional.of(modified);
    if (!Files.isSymbolicLink(path)) {
      Files.getFileAttributeView(path, BasicFileAttributeView.class)
          .setTimes(FileTime.from(modified), null, null);
    }
  }

  @Override
  public synchronized List<String> listXattrs(Path path) throws IOException {
    return List.copyOf(of(path).xattrs.keySet());
  }

  @Override
  public synchronized byte[] getXattr(Path path, String rawName) throws IOException {
    byte[] value = of(path).xattrs.get(rawName);
    if (value == null) {
      throw new IOException("getxattr(" + path + ", " + rawName + "): ENODATA");
    }
    return value.clone();
  }

  @Override
  public synchronized void setXattr(Path path, String rawName, byte[] value) throws IOException {
    of(path).xattrs.put(rawName, value.clone());
  }

  @Override
  public synchronized void makeNode(Path path, FileStatus.Type type, int mode, int major, int minor)
      throws IOException {
    Files.createFile(path);
    Remembered file = of(path);
    file.type = Optional.of(type);
    file.mode = Optional.of(mode);
    file.major = major;
    file.minor = minor;
  }

  @Override
  public synchronized void makeSymlink(Path link, String rawTarget) throws IOException {
    if (rawTarget.isEmpty()) {
      throw new NoSuchFileException(link.toString());
    }
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(link.toString());
    }
    Files.createSymbolicLink(link, Path.of("dangling")); // what it says is remembered only
    of(link).target = Optional.of(rawTarget);
  }

  @Override
  public synchronized String readSymlink(Path link) throws IOException {
    Optional<String> target = of(link).target;
    if (target.isPresent()) {
      return target.get();
    }
    byte[] real = Files.readSymbolicLink(link).toString().getBytes(StandardCharsets.UTF_8);
    return new String(real, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void dataRanges(Path file, RangeVisitor visitor) throws IOException {
    long sizeBytes = Files.size(file);
    if (sizeBytes > 0) {
      visitor.range(0, sizeBytes);
    }
  }

  @Override
  public Optional<PinnedFile> pin(Path root, String rawPath) throws IOException {
    return PathPin.of(this, RawPaths.resolveAll(root, rawPath));
  }

  @Override
  public void syncFileSystem(Path directory) {
    // Nothing in a test must survive a power cut.
  }

  /** An inode number may be used again for another file; with the time of birth it is unique. */
  private Remembered of(Path path) throws IOException {
    var attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    var identity = List.of(attributes.fileKey(), attributes.creationTime());
    return byInode.computeIfAbsent(identity, _ -> new Remembered());
  }
}
