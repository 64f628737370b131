package org.letargo.hook.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Some of the memory of processes that run, cut as a checkpoint cuts it: windows at random, from
 * /proc (proc_pid_smaps(5), proc_pid_pagemap(5), proc_pid_mem(5)). Nothing is stopped or changed.
 */
final class MemorySample {
  private static final int PAGE_BYTES = 4096;
  private static final int WINDOW_BYTES = 64 << 10;
  private static final int PAGES = WINDOW_BYTES / PAGE_BYTES;

  /** 8 MiB at most: a hundredth of a second to hash. */
  private static final int WINDOWS = 128;

  /** Until a window with pages is found; a mapping may be large and have few. */
  private static final int TRIES = 40 * WINDOWS;

  private static final Pattern MAPPING =
      Pattern.compile("([0-9a-f]{1,16})-([0-9a-f]{1,16}) .(.).(.) [0-9a-f]+ \\S+ [0-9]+ *(.*)");
  private static final Pattern AMOUNT = Pattern.compile("(Rss|Anonymous|Swap): +([0-9]+) kB");

  /** In a word of pagemap. */
  private static final long PRESENT_OR_SWAPPED = 3L << 62;

  private static final long OF_A_FILE = 1L << 61;

  /** Memory of a process that a checkpoint holds as pages, or some of it. */
  private record Range(long pid, long start, long end, boolean shared, long bytes) {}

  private record Window(Range range, long address) {}

  private final RandomGenerator random;

  MemorySample(RandomGenerator random) {
    this.random = random;
  }

  /** Reads it; less than wanted, or nothing, if the processes have less or end meanwhile. */
  List<ByteBuffer> of(List<Long> pids) {
    List<Range> ranges = new ArrayList<>();
    pids.forEach(pid -> addRanges(pid, ranges));
    long total = ranges.stream().mapToLong(Range::bytes).sum();
    List<ByteBuffer> windows = new ArrayList<>();
    Set<Window> taken = new HashSet<>();
    for (int i = 0; i < TRIES && windows.size() < WINDOWS && total > 0; i++) {
      Window window = pick(ranges, total);
      if (taken.add(window)) {
        ByteBuffer content = read(window);
        if (content.hasRemaining()) {
          windows.add(content);
        }
      }
    }
    return windows;
  }

  private static void addRanges(long pid, List<Range> ranges) {
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
    } catch (IOException | java.io.UncheckedIOException e) {
      // this process has ended
    }
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

  private Window pick(List<Range> ranges, long total) {
    long at = random.nextLong(total);
    for (Range range : ranges) {
      at -= range.bytes;
      if (at < 0) {
        long first = range.start & -WINDOW_BYTES;
        long windows = Math.ceilDiv(range.end - first, WINDOW_BYTES);
        return new Window(range, first + random.nextLong(windows) * WINDOW_BYTES);
      }
    }
    throw new AssertionError("the total is the sum of all ranges");
  }

  private static ByteBuffer read(Window window) {
    Range range = window.range;
    Path proc = Path.of("/proc/" + range.pid);
    ByteBuffer content = ByteBuffer.allocate(WINDOW_BYTES);
    ByteBuffer flags = ByteBuffer.allocate(PAGES * Long.BYTES).order(ByteOrder.nativeOrder());
    try (FileChannel pagemap = FileChannel.open(proc.resolve("pagemap"));
        FileChannel memory = FileChannel.open(proc.resolve("mem"))) {
      pagemap.read(flags, window.address / PAGE_BYTES * Long.BYTES);
      flags.flip();
      for (long page = window.address; flags.remaining() >= Long.BYTES; page += PAGE_BYTES) {
        if (isSaved(flags.getLong(), range) && page >= range.start && page < range.end) {
          content.limit(content.position() + PAGE_BYTES);
          memory.read(content, page);
        }
      }
    } catch (IOException e) {
      // unmapped meanwhile, or the process has ended
    }
    return content.flip();
  }

  private static boolean isSaved(long flags, Range range) {
    return (flags & PRESENT_OR_SWAPPED) != 0 && (range.shared || (flags & OF_A_FILE) == 0);
  }
}
