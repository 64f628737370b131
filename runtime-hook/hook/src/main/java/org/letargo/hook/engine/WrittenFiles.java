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
import java.util.stream.Stream;

/**
 * Which files processes can write to at this moment, read from /proc (proc(5)) without stopping
 * anything. Files are known by their inode's number alone: an overlay without {@code xino} shows
 * the numbers of its layers under a device number of its own. So a set may name files that nobody
 * writes, never too few. Processes that come and go meanwhile are fine.
 */
public final class WrittenFiles {
  private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s*([0-7]+)$");

  /** The last two bits of open(2)'s flags; 0 is reading only. */
  private static final int ACCESS = 3;

  /** start-end, permissions, offset, device, inode: of mappings that are writable and shared. */
  private static final Pattern MAPPING =
      Pattern.compile("\\S+ .w.s \\S+ \\S+ ([1-9][0-9]*)(?: .*)?");

  private WrittenFiles() {}

  /** Inodes of files that are open for writing, or mapped shared and writable. */
  public static Set<Long> busy(List<Long> pids) {
    Set<Long> inodes = mapped(pids);
    for (long pid : pids) {
      Path proc = Path.of("/proc", String.valueOf(pid));
      try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve("fd"))) {
        for (Path descriptor : descriptors) {
          addOpen(proc.resolve("fdinfo").resolve(descriptor.getFileName()), descriptor, inodes);
        }
      } catch (IOException e) {
        // this process has ended
      }
    }
    return inodes;
  }

  private static void addOpen(Path fdinfo, Path descriptor, Set<Long> inodes) {
    try {
      Matcher flags = FLAGS.matcher(Files.readString(fdinfo));
      if (flags.find()
          && (Long.parseLong(flags.group(1), 8) & ACCESS) != 0
          && Files.isRegularFile(descriptor)) {
        inodes.add(((Number) Files.getAttribute(descriptor, "unix:ino")).longValue());
      }
    } catch (IOException e) {
      // closed meanwhile
    }
  }

  /** Inodes of files that are mapped shared and writable. */
  public static Set<Long> mapped(List<Long> pids) {
    Set<Long> inodes = new HashSet<>();
    for (long pid : pids) {
      try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/maps"))) {
        lines
            .map(MAPPING::matcher)
            .filter(Matcher::matches)
            .forEach(mapping -> inodes.add(Long.parseLong(mapping.group(1))));
      } catch (IOException | java.io.UncheckedIOException e) {
        // this process has ended
      }
    }
    return inodes;
  }
}
