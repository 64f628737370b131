package org.letargo.archive.disk;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.letargo.archive.checkpoint.StoredCheckpoint;

/**
 * What is different between the disks of two checkpoints. Both are listed side by side in the order
 * of a walk; of content only the names of chunks are compared. What stands in neither list is as in
 * the template. Of a file with several names the first counts as the file and the others as names
 * of it. For one use by one thread.
 */
public final class DiskComparison {
  private static final long MAX_DELETED = 200_000;

  private final StoredCheckpoint before;
  private final StoredCheckpoint after;
  private final Template template;
  private final Consumer<FileChange> found;
  private final Side old = new Side();
  private final Side now = new Side();

  /** Files that are different in both: their further names are, too. */
  private final Set<String> changed = new HashSet<>();

  /** The files that both disks build on. */
  @FunctionalInterface
  public interface Template {
    /** The size of a file, 0 for what is no regular one; empty if there is none. */
    OptionalLong sizeBytes(String rawPath) throws IOException;
  }

  /** One of the two disks at the place where the walk is. */
  private static final class Side {
    private final Set<String> deleted = new HashSet<>();

    /** Of the deleted ones, those that are told as what the other disk has. */
    private final Set<String> told = new HashSet<>();

    private String opaque = ""; // the directory that hides the template's; none is the root

    void passed(TarEntry entry) {
      if (entry.kind() == TarEntry.Kind.DIRECTORY && entry.xattrs().containsKey(Xattrs.OPAQUE)) {
        opaque = entry.rawPath();
      }
    }

    /** Whether the template's file of this path cannot be seen. */
    boolean hides(String rawPath) {
      if (!opaque.isEmpty() && rawPath.startsWith(opaque + "/")) {
        return true;
      }
      for (int end = rawPath.length(); end > 0; end = rawPath.lastIndexOf('/', end - 1)) {
        if (deleted.contains(rawPath.substring(0, end))) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * @param found hears of each change, those of files that only the lists of deleted ones name last
   */
  public DiskComparison(
      StoredCheckpoint before,
      StoredCheckpoint after,
      Template template,
      Consumer<FileChange> found) {
    this.before = before;
    this.after = after;
    this.template = template;
    this.found = found;
  }

  /**
   * Compares.
   *
   * @throws org.letargo.archive.ArchiveException CORRUPT or REFUSED if a checkpoint is not what
   *     Letargo writes; TOO_LARGE for more than 200,000 deleted files
   */
  public void run() throws IOException {
    readDeleted(before, old.deleted);
    readDeleted(after, now.deleted);
    var left = new DiskListing(before);
    var right = new DiskListing(after);
    Optional<TarEntry> a = left.next();
    Optional<TarEntry> b = right.next();
    while (a.isPresent() || b.isPresent()) {
      int order = compare(a, b);
      if (order < 0) {
        only(a.get(), old, now, FileChange.Kind.REMOVED);
      } else if (order > 0) {
        only(b.get(), now, old, FileChange.Kind.ADDED);
      } else {
        both(a.get(), left, b.get(), right);
      }
      a = order <= 0 ? left.next() : a;
      b = order >= 0 ? right.next() : b;
    }
    deletedOnly(now, old, FileChange.Kind.REMOVED);
    deletedOnly(old, now, FileChange.Kind.ADDED);
  }

  private static void readDeleted(StoredCheckpoint checkpoint, Set<String> into)
      throws IOException {
    try (InputStream list = checkpoint.file(DiskChanges.DELETED).stream()) {
      DeletedFiles.read(list, MAX_DELETED, into::add);
    }
  }

  private static int compare(Optional<TarEntry> a, Optional<TarEntry> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? 1 : -1;
    }
    return DiskListing.compare(a.get().rawPath(), b.get().rawPath());
  }

  /** An entry that one disk has and the other one has not, or as the template has it. */
  private void only(TarEntry entry, Side its, Side other, FileChange.Kind kind) throws IOException {
    its.passed(entry);
    boolean removed = kind == FileChange.Kind.REMOVED;
    OptionalLong shown =
        other.hides(entry.rawPath()) ? OptionalLong.empty() : template.sizeBytes(entry.rawPath());
    if (other.deleted.contains(entry.rawPath())) {
      other.told.add(entry.rawPath());
    }
    if (shown.isEmpty()) {
      long bytes = size(entry);
      tell(entry.rawPath(), kind, removed ? bytes : 0, removed ? 0 : bytes);
    } else if (entry.kind() != TarEntry.Kind.DIRECTORY) {
      long bytes = shown.getAsLong();
      tell(
          entry.rawPath(),
          FileChange.Kind.CHANGED,
          removed ? size(entry) : bytes,
          removed ? bytes : size(entry));
    }
  }

  private void both(TarEntry a, DiskListing left, TarEntry b, DiskListing right)
      throws IOException {
    old.passed(a);
    now.passed(b);
    boolean same =
        a.kind() == b.kind()
            && a.mode() == b.mode()
            && a.userId() == b.userId()
            && a.groupId() == b.groupId()
            && a.realBytes() == b.realBytes()
            && a.storedBytes() == b.storedBytes()
            && a.rawLink().equals(b.rawLink())
            && a.deviceMajor() == b.deviceMajor()
            && a.deviceMinor() == b.deviceMinor()
            && sameXattrs(a.xattrs(), b.xattrs())
            && (a.storedBytes() == 0 || left.content().equals(right.content()));
    boolean itsFirstNameHasChanged =
        b.kind() == TarEntry.Kind.HARD_LINK && changed.contains(b.rawLink());
    if (!same || itsFirstNameHasChanged) {
      changed.add(b.rawPath());
      tell(a.rawPath(), FileChange.Kind.CHANGED, size(a), size(b));
    }
  }

  private static boolean sameXattrs(Map<String, byte[]> a, Map<String, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream()
            .allMatch(each -> Arrays.equals(each.getValue(), b.get(each.getKey())));
  }

  /** Files of the template that one disk has deleted and the other one has never touched. */
  private void deletedOnly(Side its, Side other, FileChange.Kind kind) throws IOException {
    for (String path : its.deleted.stream().sorted().toList()) {
      boolean known = its.told.contains(path) || other.hides(path);
      OptionalLong size = known ? OptionalLong.empty() : template.sizeBytes(path);
      if (size.isPresent()) {
        boolean removed = kind == FileChange.Kind.REMOVED;
        tell(path, kind, removed ? size.getAsLong() : 0, removed ? 0 : size.getAsLong());
      }
    }
  }

  private void tell(String rawPath, FileChange.Kind kind, long beforeBytes, long afterBytes) {
    found.accept(new FileChange(RawPaths.shown(rawPath), kind, beforeBytes, afterBytes));
  }

  private static long size(TarEntry entry) {
    return entry.kind() == TarEntry.Kind.REGULAR ? entry.realBytes() : 0;
  }
}
