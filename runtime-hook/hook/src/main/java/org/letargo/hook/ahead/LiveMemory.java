package org.letargo.hook.ahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSink;
import org.letargo.hook.store.ProcessMemory;

/**
 * The private memory of a process that runs, cut as a checkpoint cuts it: all pages that the engine
 * would save of each 64 KiB of addresses, in their order, without the gaps (proc_pid_pagemap(5),
 * proc_pid_mem(5)). The process writes meanwhile, so a window may be half old and half new, and it
 * may map and unmap. Pages that were only ever read, which the engine knows by the kernel's page of
 * zeros, are among them: such a window is not the checkpoint's. For one thread.
 */
final class LiveMemory {
  private static final int PAGE = PageRun.PAGE_BYTES;
  private static final int WINDOW = PageSink.WINDOW_BYTES;

  /** Words of pagemap that are read at once: of 32 MiB of memory. */
  private static final int WORDS = 8192;

  /**
   * To look through the pagemap of more takes seconds, whatever little is there; a program that
   * reserves so much (some virtual machines and sanitizers do) is sent at the end.
   */
  private static final long LARGEST_RANGE = 256L << 30;

  /** Takes one window. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param content 1 to 16 pages, from position to limit; used again when this returns
     */
    void window(ByteBuffer content) throws IOException;
  }

  private final Sink sink;
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
  private final ByteBuffer words =
      ByteBuffer.allocateDirect(WORDS * Long.BYTES).order(ByteOrder.nativeOrder());
  private long current = -1;

  LiveMemory(Sink sink) {
    this.sink = sink;
  }

  /**
   * Goes through one process.
   *
   * @throws IOException of the sink; that the process has ended, or unmapped something, is none
   */
  void read(long pid) throws IOException {
    Path proc = Path.of("/proc/" + pid);
    try (FileChannel pagemap = open(proc.resolve("pagemap"));
        FileChannel memory = open(proc.resolve("mem"))) {
      if (pagemap == null || memory == null) {
        return;
      }
      for (ProcessMemory.Range range : ProcessMemory.ranges(pid)) {
        if (!range.shared() && range.end() - range.start() <= LARGEST_RANGE) {
          read(range, pagemap, memory);
        }
      }
    }
    flush();
  }

  /** Null if the process has ended. */
  private static FileChannel open(Path file) {
    try {
      return FileChannel.open(file);
    } catch (IOException e) {
      return null;
    }
  }

  private void read(ProcessMemory.Range range, FileChannel pagemap, FileChannel memory)
      throws IOException {
    for (long block = range.start(); block < range.end(); block += (long) WORDS * PAGE) {
      words.clear().limit((int) Math.min(WORDS, (range.end() - block) / PAGE) * Long.BYTES);
      if (!fill(pagemap, words, block / PAGE * Long.BYTES)) {
        return;
      }
      words.flip();
      int pages = words.remaining() / Long.BYTES;
      for (int i = 0; i < pages; ) {
        if (!range.isSaved(words.getLong(i * Long.BYTES))) {
          i++;
          continue;
        }
        long address = block + (long) i * PAGE;
        int end = endOfRun(range, address, i, pages);
        if (!take(memory, address, (end - i) * PAGE)) {
          return;
        }
        i = end;
      }
    }
  }

  /** The pages from {@code i} on that are saved and in the same window. */
  private int endOfRun(ProcessMemory.Range range, long address, int i, int pages) {
    int last = Math.min(pages, i + (int) ((windowOf(address) + WINDOW - address) / PAGE));
    int end = i + 1;
    while (end < last && range.isSaved(words.getLong(end * Long.BYTES))) {
      end++;
    }
    return end;
  }

  private boolean take(FileChannel memory, long address, int bytes) throws IOException {
    if (windowOf(address) != current) {
      flush();
      current = windowOf(address);
    }
    if (window.position() + bytes > WINDOW) {
      return false; // mappings have moved under our eyes: the same pages twice
    }
    int start = window.position();
    window.limit(start + bytes);
    boolean whole = fill(memory, window, address);
    window.limit(WINDOW);
    if (!whole) {
      window.position(start);
    }
    return whole;
  }

  /** Whether all came; less comes if the process has ended or unmapped it. */
  private static boolean fill(FileChannel file, ByteBuffer into, long position) {
    long at = position;
    try {
      while (into.hasRemaining()) {
        int count = file.read(into, at);
        if (count <= 0) {
          return false;
        }
        at += count;
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void flush() throws IOException {
    if (window.position() > 0) {
      sink.window(window.flip());
    }
    window.clear();
    current = -1;
  }

  private static long windowOf(long address) {
    return address & -WINDOW;
  }
}
