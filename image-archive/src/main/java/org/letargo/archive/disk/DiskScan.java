package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads the files of a disk while its VPS runs and may change anything: files come, go, and are
 * replaced, by a link out of the tree or by a pipe that nobody writes to if the VPS is hostile.
 * Directories are therefore entered through open descriptors, links never followed, and each file
 * is held open before it is looked at. What cannot be read is left for the capture, which sees it
 * when everything stands still.
 */
final class DiskScan {
  /** As deep as a disk that can be captured. */
  private static final int MAX_DEPTH = 512;

  private final FileSystemCalls calls;
  private final Path upper;
  private final MemberContents contents;
  private final Predicate<FileStatus> mayBeKept;
  private final Set<FileId> seen = new HashSet<>(); // of files with several names

  DiskScan(
      FileSystemCalls calls, Path upper, MemberContents contents, Predicate<FileStatus> mayBeKept) {
    this.calls = calls;
    this.upper = upper;
    this.contents = contents;
    this.mayBeKept = mayBeKept;
  }

  void run() throws IOException {
    try (DirectoryStream<Path> root = Files.newDirectoryStream(upper)) {
      if (root instanceof SecureDirectoryStream<Path> secure) { // always, on Linux
        directory(secure, "", 0);
      }
    }
    contents.finish();
  }

  private void directory(SecureDirectoryStream<Path> directory, String path, int depth)
      throws IOException {
    for (Path child : directory) {
      Path name = child.getFileName();
      String raw = EntryPaths.child(path, RawPaths.name(name));
      Optional<BasicFileAttributes> attributes = attributes(directory, name);
      if (attributes.isEmpty()) {
        continue;
      }
      if (attributes.get().isDirectory() && depth < MAX_DEPTH) {
        enter(directory, name, raw, depth + 1);
      } else if (attributes.get().isRegularFile() && EntryPaths.problem(raw).isEmpty()) {
        file(raw);
      }
    }
  }

  private static Optional<BasicFileAttributes> attributes(
      SecureDirectoryStream<Path> directory, Path name) {
    try {
      return Optional.of(
          directory
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes());
    } catch (IOException e) {
      return Optional.empty(); // gone
    }
  }

  private void enter(SecureDirectoryStream<Path> parent, Path name, String path, int depth)
      throws IOException {
    SecureDirectoryStream<Path> directory;
    try {
      directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return; // gone, or something else by now
    }
    try (directory) {
      directory(directory, path, depth);
    }
  }

  private void file(String path) throws IOException {
    Optional<FileSystemCalls.PinnedFile> pinned;
    try {
      pinned = calls.pin(upper, path);
    } catch (IOException e) {
      return; // gone, or reached through a link by now
    }
    if (pinned.isEmpty()) {
      return;
    }
    try (FileSystemCalls.PinnedFile file = pinned.get()) {
      FileStatus status = file.status();
      if (status.links() > 1 && !seen.add(status.id())) {
        return;
      }
      SparseMap data = SparseMap.of(status.sizeBytes(), file::dataRanges);
      contents.put(file::open, status, data, _ -> true, mayBeKept);
    }
  }
}
