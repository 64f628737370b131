package org.letargo.hook.engine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

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

  /** A VPS runs while it is looked for its files; on two slow cores a million takes 20 seconds. */
  private static final long MAX_FILES = 2_000_000;

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int LOOK_AT_CLOCK = 1024;

  private final VpsName name;
  private final long maxFiles;
  private final Duration longest;
  private final Map<Inode, String> known = new HashMap<>();

  public InodePaths(VpsName name) {
    this(name, MAX_FILES, LONGEST);
  }

  InodePaths(VpsName name, long maxFiles, Duration longest) {
    this.name = name;
    this.maxFiles = maxFiles;
    this.longest = longest;
  }

  /**
   * The paths within the VPS, each beginning with a slash.
   *
   * @param root the VPS's root folder as /proc/PID/root
   * @param inodes those wanted
   * @return the path of each that has one; one that was deleted has none
   * @throws VpsException NOT_CHECKPOINTABLE if the VPS has more files than can be looked at, or
   *     looking at them takes too long
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
    Budget budget = new Budget(missing);
    Set<Path> done = new HashSet<>();
    for (String likely : LIKELY) {
      walk(root, root.resolve(likely), missing, done, budget);
      done.add(root.resolve(likely));
    }
    NEVER.forEach(name -> done.add(root.resolve(name)));
    walk(root, root.resolve("."), missing, done, budget);
  }

  private void walk(Path root, Path top, Set<Inode> missing, Set<Path> done, Budget budget) {
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
              budget.spend();
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

  /** What one search may cost. */
  private final class Budget {
    private final Set<Inode> missing;
    private final long endNanos = System.nanoTime() + longest.toNanos();
    private long files;

    Budget(Set<Inode> missing) {
      this.missing = missing;
    }

    /** Looks at one more file. */
    void spend() {
      if (++files > maxFiles) {
        throw exhausted("its first " + maxFiles + " files");
      }
      if (files % LOOK_AT_CLOCK == 0 && System.nanoTime() - endNanos > 0) {
        throw exhausted(files + " files in " + longest.toSeconds() + " seconds");
      }
    }

    private VpsException exhausted(String among) {
      Inode first = missing.iterator().next();
      String more = missing.size() == 1 ? "" : ", and " + (missing.size() - 1) + " more";
      return new VpsException(
          Code.NOT_CHECKPOINTABLE,
          "cannot take a checkpoint of VPS '" + name + "'",
          "a program in it watches inode %d of device %d%s by inotify, which is not among %s"
              .formatted(first.number(), first.device(), more, among),
          "Find it with 'find / -xdev -inum "
              + first.number()
              + "' in the VPS, and end the program that watches it. The VPS runs on.");
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
