package org.letargo.archive.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.ChunksAhead;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.checkpoint.FileWriter;

/**
 * Captures an overlay's upper directory into a checkpoint, twice: {@link #scan} reads it while the
 * VPS runs, {@link #capture} under the freeze, when little is left to read. What is captured is
 * what stands on the disk at the freeze, byte for byte what {@link DiskChangesWriter} writes.
 *
 * <p>A file is not read again if its inode, size, change and modification time are what they were.
 * The kernel sets the change time at every write, and nobody can set it back, but:
 *
 * <ul>
 *   <li>It does not tell two changes apart within one tick of the kernel's clock. A file that was
 *       changed just before it was looked at is therefore read again.
 *   <li>{@code write(2)} sets it first and copies then. A file that is open for writing when a scan
 *       begins is therefore read again under the freeze, unless it is as it was at the last one.
 *   <li>A write through a shared mapping sets it when the page becomes writable ({@code
 *       page_mkwrite}), not at the writes after that, until the page has been written back. A file
 *       that has such a mapping is therefore always read under the freeze, and what was read then
 *       does not count next time. On tmpfs mappings never set it: there every file is read.
 * </ul>
 *
 * <p>Which files these are, the caller knows. For one thread.
 */
public final class DiskCapture {
  /** Ticks are 10 ms at most; file systems that keep whole seconds show it by their nanoseconds. */
  private static final Duration TICK = Duration.ofMillis(100);

  private static final Duration WHOLE_SECONDS = Duration.ofSeconds(2);

  private static final Set<String> WITHOUT_CHANGE_TIMES = Set.of("tmpfs", "ramfs");

  private final FileSystemCalls calls;
  private final IdRange ids;
  private final Path index;
  private final Path scanned;
  private final InstantSource clock;

  /**
   * What was captured.
   *
   * @param changes what the disk has more, less or otherwise
   * @param reads what had to be read while the VPS stood still
   */
  public record Captured(DiskChanges changes, DiskReads reads) {}

  /**
   * @param index where this disk's index is kept between captures, in a folder of the host; it may
   *     be removed at any time. One disk has one index, whoever captures it.
   */
  public DiskCapture(FileSystemCalls calls, IdRange ids, Path index) {
    this(calls, ids, index, InstantSource.system());
  }

  DiskCapture(FileSystemCalls calls, IdRange ids, Path index, InstantSource clock) {
    this.calls = calls;
    this.ids = ids;
    this.index = index;
    this.scanned = index.resolveSibling(index.getFileName() + ".scan");
    this.clock = clock;
  }

  /** Tells which files of a disk have a property just now. */
  @FunctionalInterface
  public interface FileSet {
    Set<FileId> find() throws IOException;
  }

  /**
   * Stores what has changed since the last capture, while the VPS runs. Files that cannot be read
   * are left for the capture.
   *
   * @param checkpoint keeps the chunks until it is committed or closed
   * @param busy is asked once, first of all, for the files (of the upper directory) that processes
   *     of the VPS have open for writing or mapped shared and writable
   */
  public DiskReads scan(Path upper, CheckpointWriter checkpoint, FileSet busy) throws IOException {
    try (ChunksAhead chunks = checkpoint.ahead()) {
      return scanInto(chunks, upper, busy);
    }
  }

  private DiskReads scanInto(ContentSink sink, Path upper, FileSet busy) throws IOException {
    Instant start = clock.instant(); // before they are listed: who opens a file later changes it
    Set<FileId> changing = busy.find();
    try (DiskIndex known = open(index, upper);
        var next = new DiskIndexWriter(scanned)) {
      var contents = new MemberContents(known, next, sink);
      new DiskScan(calls, upper, contents, settled(start, changing)).run();
      next.commit();
      return contents.reads();
    }
  }

  /**
   * Hands on all files while the VPS runs, as {@link #scan} does, for somebody who goes through the
   * disk again and again. What is as it was the last time is only named. The index is never used
   * for a capture.
   *
   * @param sink remembers what it was given under which name
   */
  public DiskReads scanAhead(Path upper, ContentSink sink, FileSet busy) throws IOException {
    DiskReads reads = scanInto(sink, upper, busy);
    Files.move(scanned, index, StandardCopyOption.REPLACE_EXISTING);
    return reads;
  }

  /**
   * Puts {@code rootfs-diff.tar} and {@code deleted.files} into a checkpoint. The VPS stands still.
   *
   * @param checkpoint the one of the scan before, if there was one
   * @param mapped files of the upper directory that processes of the VPS have mapped shared and
   *     writable
   * @throws org.letargo.archive.ArchiveException NOT_CAPTURABLE, naming the file that cannot be
   *     saved
   */
  public Captured capture(Path upper, CheckpointWriter checkpoint, Set<FileId> mapped)
      throws IOException {
    try (Held disk = hold(upper, checkpoint, mapped, FileKeeper.NONE)) {
      return disk.finish();
    }
  }

  /**
   * Begins to do so: all is taken but the content of what the keeper has kept. The VPS stands still
   * until this returns, and may go on then.
   *
   * @param keeper is asked for files that are not small and would have to be read
   * @return to be finished, and closed
   * @throws org.letargo.archive.ArchiveException as {@link #capture}
   */
  public Held hold(Path upper, CheckpointWriter checkpoint, Set<FileId> mapped, FileKeeper keeper)
      throws IOException {
    var held = new Held(upper, checkpoint);
    try {
      held.begin(mapped, keeper);
      return held;
    } catch (IOException | RuntimeException e) {
      held.close();
      throw e;
    }
  }

  /** A disk of which everything is known, but not everything read. For one thread at a time. */
  public final class Held implements Closeable {
    private final Path upper;
    private final DiskIndex known;
    private final DiskIndexWriter next;
    private final FileWriter tar;
    private final FileWriter list;
    private final MemberContents contents;
    private DiskChanges changes;

    private Held(Path upper, CheckpointWriter checkpoint) throws IOException {
      this.upper = upper;
      this.tar = checkpoint.begin(DiskChanges.TAR); // the checkpoint closes what we cannot
      this.list = checkpoint.begin(DiskChanges.DELETED);
      this.next = new DiskIndexWriter(index);
      this.known = open(Files.exists(scanned) ? scanned : index, upper);
      this.contents = new MemberContents(known, next, tar);
    }

    private void begin(Set<FileId> mapped, FileKeeper keeper) throws IOException {
      var sink =
          new RecipeTar(
              tar,
              contents,
              keeper,
              status -> !mapped.contains(status.id()),
              settled(clock.instant(), mapped));
      try (OutputStream listed = list.stream();
          var deleted = new DeletedFiles.Writer(listed)) {
        changes = new DiskChangesWriter(calls, ids).write(upper, sink, deleted);
      }
    }

    /**
     * Reads what was kept and ends both files.
     *
     * @throws IOException if it cannot be read, or not be stored
     */
    public Captured finish() throws IOException {
      contents.finish();
      tar.finish();
      list.finish();
      next.commit();
      Files.deleteIfExists(scanned);
      return new Captured(changes, contents.reads());
    }

    /** Gives up what is not finished. */
    @Override
    public void close() throws IOException {
      try (known;
          next) {
        tar.close();
        list.close();
      }
    }
  }

  private static DiskIndex open(Path index, Path upper) throws IOException {
    return WITHOUT_CHANGE_TIMES.contains(Files.getFileStore(upper).type())
        ? DiskIndex.empty()
        : DiskIndex.open(index);
  }

  /** Whether every later change of a file will show in its change time. */
  private static Predicate<FileStatus> settled(Instant start, Set<FileId> changing) {
    return status -> {
      Duration granularity = status.changedNanos() == 0 ? WHOLE_SECONDS : TICK;
      return Instant.ofEpochSecond(status.changedSeconds(), status.changedNanos())
              .isBefore(start.minus(granularity))
          && !changing.contains(status.id());
    };
  }
}
