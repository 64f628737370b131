package org.letargo.hook.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

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

  private record Window(ProcessMemory.Range range, long address) {}

  private final RandomGenerator random;

  MemorySample(RandomGenerator random) {
    this.random = random;
  }

  /** Reads it; less than wanted, or nothing, if the processes have less or end meanwhile. */
  List<ByteBuffer> of(List<Long> pids) {
    return List.copyOf(pick(pids).values());
  }

  /**
   * How much of it changes: the share of windows, 0 to 1, that are not after a pause what they were
   * before. One of them is {@code 1 / 128}; less is not seen.
   *
   * @param pause between the two looks
   */
  double changedShare(List<Long> pids, Runnable pause) {
    Map<Window, ByteBuffer> before = pick(pids);
    pause.run();
    long changed =
        before.entrySet().stream()
            .filter(window -> !read(window.getKey()).equals(window.getValue()))
            .count();
    return before.isEmpty() ? 0 : (double) changed / before.size();
  }

  private Map<Window, ByteBuffer> pick(List<Long> pids) {
    List<ProcessMemory.Range> ranges = new ArrayList<>();
    pids.forEach(pid -> ranges.addAll(ProcessMemory.ranges(pid)));
    long total = ranges.stream().mapToLong(ProcessMemory.Range::bytes).sum();
    Map<Window, ByteBuffer> windows = new LinkedHashMap<>();
    Set<Window> taken = new HashSet<>();
    for (int i = 0; i < TRIES && windows.size() < WINDOWS && total > 0; i++) {
      Window window = pick(ranges, total);
      if (taken.add(window)) {
        ByteBuffer content = read(window);
        if (content.hasRemaining()) {
          windows.put(window, content);
        }
      }
    }
    return windows;
  }

  private Window pick(List<ProcessMemory.Range> ranges, long total) {
    long at = random.nextLong(total);
    for (ProcessMemory.Range range : ranges) {
      at -= range.bytes();
      if (at < 0) {
        long first = range.start() & -WINDOW_BYTES;
        long windows = Math.ceilDiv(range.end() - first, WINDOW_BYTES);
        return new Window(range, first + random.nextLong(windows) * WINDOW_BYTES);
      }
    }
    throw new AssertionError("the total is the sum of all ranges");
  }

  private static ByteBuffer read(Window window) {
    ProcessMemory.Range range = window.range;
    Path proc = Path.of("/proc/" + range.pid());
    ByteBuffer content = ByteBuffer.allocate(WINDOW_BYTES);
    ByteBuffer flags = ByteBuffer.allocate(PAGES * Long.BYTES).order(ByteOrder.nativeOrder());
    try (FileChannel pagemap = FileChannel.open(proc.resolve("pagemap"));
        FileChannel memory = FileChannel.open(proc.resolve("mem"))) {
      pagemap.read(flags, window.address / PAGE_BYTES * Long.BYTES);
      flags.flip();
      for (long page = window.address; flags.remaining() >= Long.BYTES; page += PAGE_BYTES) {
        if (range.isSaved(flags.getLong()) && page >= range.start() && page < range.end()) {
          content.limit(content.position() + PAGE_BYTES);
          memory.read(content, page);
        }
      }
    } catch (IOException e) {
      // unmapped meanwhile, or the process has ended
    }
    return content.flip();
  }
}
