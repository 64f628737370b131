package org.letargo.hook.engine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the paths of watched inodes, so that the engine can save a watch as a path: that survives
 * overlayfs, a copied disk and another host, where an inode handle does not. The engine would look
 * for them while the VPS is frozen; here it is done before, once, and remembered for the next
 * suspension.
 *
 * <p>One per VPS; not for several threads at a time.
 */
public final class InodePaths {
  /** Where watched files usually are, the likeliest first; the rest of the disk comes last. */
  private static final List<String> LIKELY =
      List.of(
          "run",
          "etc",
          "dev",
          "sys/fs/cgroup",
          "var/spool",
          "var/lib",
          "usr/share/zoneinfo",
          "usr/lib/systemd",
          "usr/share/dbus-1",
          "var",
          "home",
          "root",
          "srv",
          "opt",
          "tmp");

  private static final Set<String> NEVER = Set.of("proc", "sys");

  private final Map<Inode, String> known = new HashMap<>();

  /**
   * The paths within the VPS, each beginning with a slash.
   *
   * @param root the VPS's root folder as /proc/PID/root
   * @param inodes those wanted
   * @return the path of each that has one; one that was deleted has none
   */
  public Map<Inode, String> find(Path root, Set<Inode> inodes) {
    known.keySet().removeIf(inode -> !inodes.contains(inode) || !isStill(root, inode));
    Set<Inode> missing = new HashSet<>(inodes);
    missing.removeAll(known.keySet());
    if (!missing.isEmpty()) {
      search(root, missing);
    }
    return Map.copyOf(known);
  }

  private boolean isStill(Path root, Inode inode) {
    String path = known.get(inode);
    try {
      return inodeOf(root.resolve(path.substring(1))).equals(Optional.of(inode));
    } catch (InvalidPathException e) {
      return false; // a name that is no text does not lead back to its file
    }
  }

  private void search(Path root, Set<Inode> missing) {
    inodeOf(root.resolve(".")).filter(missing::remove).ifPresent(inode -> known.put(inode, "/"));
    Set<Path> done = new HashSet<>();
    for (String likely : LIKELY) {
      walk(root, root.resolve(likely), missing, done);
      done.add(root.resolve(likely));
    }
    NEVER.forEach(name -> done.add(root.resolve(name)));
    walk(root, root.resolve("."), missing, done);
  }

  private void walk(Path root, Path top, Set<Inode> missing, Set<Path> done) {
    if (missing.isEmpty() || Files.isSymbolicLink(top)) {
      return;
    }
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return done.contains(folder.normalize())
                  ? FileVisitResult.SKIP_SUBTREE
                  : visitFile(folder, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              inodeOf(file)
                  .filter(missing::remove)
                  .ifPresent(inode -> known.put(inode, "/" + root.relativize(file.normalize())));
              return missing.isEmpty() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // removed meanwhile
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // the top itself is gone; nothing is there to be found
    }
  }

  private static Optional<Inode> inodeOf(Path file) {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(file, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
      return Optional.of(new Inode((long) attributes.get("dev"), (long) attributes.get("ino")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
