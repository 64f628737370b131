package org.letargo.hook.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What of the memory of a process that runs a checkpoint would hold as pages, as /proc tells
 * (proc_pid_smaps(5), proc_pid_pagemap(5)); the engine decides so in should_dump_page of its mem.c.
 * Nothing is stopped or changed.
 */
public final class ProcessMemory {
  private static final Pattern MAPPING =
      Pattern.compile("([0-9a-f]{1,16})-([0-9a-f]{1,16}) .(.).(.) [0-9a-f]+ \\S+ [0-9]+ *(.*)");
  private static final Pattern AMOUNT = Pattern.compile("(Rss|Anonymous|Swap): +([0-9]+) kB");

  /** In a word of pagemap. */
  private static final long PRESENT_OR_SWAPPED = 3L << 62;

  private static final long OF_A_FILE = 1L << 61;

  private ProcessMemory() {}

  /**
   * A mapping that has such memory.
   *
   * @param start its first address
   * @param end the first address behind it
   * @param shared whether other processes may have it too, so that it is saved as an object of its
   *     own
   * @param bytes how much of it may be saved
   */
  public record Range(long pid, long start, long end, boolean shared, long bytes) {
    /**
     * Whether a page of it is saved.
     *
     * @param flags its word of pagemap
     */
    public boolean isSaved(long flags) {
      return (flags & PRESENT_OR_SWAPPED) != 0 && (shared || (flags & OF_A_FILE) == 0);
    }
  }

  /** By rising addresses; nothing if the process has ended. */
  public static List<Range> ranges(long pid) {
    List<Range> ranges = new ArrayList<>();
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps"))) {
      var found =
          new Object() {
            private Range last = new Range(pid, 0, 0, false, 0);
          };
      lines.forEach(line -> {
        Matcher amount = AMOUNT.matcher(line);
        Matcher mapping = MAPPING.matcher(line);
        if (amount.matches()) {
          found.last = with(found.last, amount.group(1), Long.parseLong(amount.group(2)) << 10);
        } else if (mapping.matches()) {
          add(found.last, ranges);
          found.last = range(pid, mapping);
        }
      });
      add(found.last, ranges);
    } catch (IOException | UncheckedIOException e) {
      // this process has ended
    }
    return ranges;
  }

  /** What is mapped shared from a file is not memory of the process. */
  private static Range range(long pid, Matcher mapping) {
    boolean shared = mapping.group(4).equals("s");
    String name = mapping.group(5);
    boolean ofFile =
        shared
            && !name.startsWith("/dev/zero")
            && !name.startsWith("/memfd:")
            && !name.startsWith("/SYSV");
    long start = Long.parseUnsignedLong(mapping.group(1), 16);
    long end = ofFile ? start : Long.parseUnsignedLong(mapping.group(2), 16);
    return new Range(pid, start, end, shared, 0);
  }

  private static Range with(Range range, String what, long bytes) {
    boolean counts =
        switch (what) {
          case "Rss" -> range.shared;
          case "Anonymous" -> !range.shared;
          default -> true;
        };
    return counts
        ? new Range(range.pid, range.start, range.end, range.shared, range.bytes + bytes)
        : range;
  }

  private static void add(Range range, List<Range> ranges) {
    if (range.bytes > 0 && Long.compareUnsigned(range.start, range.end) < 0) {
      ranges.add(range);
    }
  }
}
