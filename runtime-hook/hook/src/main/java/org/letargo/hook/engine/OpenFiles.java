package org.letargo.hook.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the open files of a running VPS ask of the engine's options: read from /proc (proc(5))
 * without stopping anything. Processes that come and go meanwhile are fine.
 *
 * @param watched the inodes that somebody watches by inotify
 * @param largestDeletedBytes the largest file that is open and deleted, 0 if there is none
 */
public record OpenFiles(Set<Inode> watched, long largestDeletedBytes) {
  private static final Pattern WATCH =
      Pattern.compile("inotify wd:[0-9a-f]+ ino:([0-9a-f]+) sdev:([0-9a-f]+) ");

  /**
   * An inode of a file system.
   *
   * @param device as stat(2) says it
   */
  public record Inode(long device, long number) {
    /**
     * @param kernelDevice as fdinfo says it: 12 bits major, 20 bits minor
     */
    static Inode ofKernel(long kernelDevice, long number) {
      long major = kernelDevice >>> 20;
      long minor = kernelDevice & 0xfffff;
      return new Inode((minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12), number);
    }
  }

  /** Looks at these processes of the host. */
  public static OpenFiles of(List<Long> pids) {
    Set<Inode> watched = new HashSet<>();
    long largestBytes = 0;
    for (long pid : pids) {
      Path proc = Path.of("/proc", String.valueOf(pid));
      try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve("fd"))) {
        for (Path descriptor : descriptors) {
          String target = target(descriptor);
          if (target.equals("anon_inode:inotify")) {
            addWatches(proc.resolve("fdinfo").resolve(descriptor.getFileName()), watched);
          } else if (target.endsWith(" (deleted)")) {
            largestBytes = Math.max(largestBytes, sizeBytes(descriptor));
          }
        }
      } catch (IOException e) {
        // this process has ended
      }
    }
    return new OpenFiles(watched, largestBytes);
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static long sizeBytes(Path descriptor) {
    try {
      return Files.isRegularFile(descriptor) ? Files.size(descriptor) : 0;
    } catch (IOException e) {
      return 0; // closed meanwhile
    }
  }

  private static void addWatches(Path fdinfo, Set<Inode> watched) {
    try {
      Matcher matcher = WATCH.matcher(Files.readString(fdinfo));
      while (matcher.find()) {
        watched.add(
            Inode.ofKernel(
                Long.parseUnsignedLong(matcher.group(2), 16),
                Long.parseUnsignedLong(matcher.group(1), 16)));
      }
    } catch (IOException e) {
      // closed meanwhile
    }
  }
}
