package org.letargo.hook.preflight;

import java.util.ArrayList;
import java.util.List;
import org.letargo.hook.engine.Inode;

/**
 * What /proc/PID/fdinfo/N tells of a descriptor; what does not apply is -1, 0 or empty.
 *
 * @param flags of open(2)
 * @param mount the number of the mount that the file is on
 * @param process what a pidfd stands for, as the host counts; -1 for one that has ended
 * @param terminal the number of the terminal that a master has
 * @param bpfMap the type of a BPF map
 * @param eventCount what an eventfd has counted, unsigned
 * @param isSemaphore whether an eventfd is one
 * @param locks each as a line of /proc/locks
 * @param watched the inodes that inotify watches
 */
record DescriptorInfo(
    int flags,
    int mount,
    long process,
    int terminal,
    int bpfMap,
    long eventCount,
    boolean isSemaphore,
    List<String> locks,
    List<Inode> watched) {
  /** Of one that nobody looked into. */
  static final DescriptorInfo NONE =
      new DescriptorInfo(0, -1, -1, -1, 0, 0, false, List.of(), List.of());

  private static final String WATCH = "inotify wd:";

  static DescriptorInfo parse(String text) {
    int flags = 0;
    int mount = -1;
    long process = -1;
    int terminal = -1;
    int bpfMap = 0;
    long eventCount = 0;
    boolean isSemaphore = false;
    List<String> locks = new ArrayList<>();
    List<Inode> watched = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (line.startsWith(WATCH)) {
        watched.add(watch(line));
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon)) {
        case "flags" -> flags = (int) number(value, 8, 0);
        case "mnt_id" -> mount = (int) number(value, 10, -1);
        case "Pid" -> process = number(value, 10, -1);
        case "tty-index" -> terminal = (int) number(value, 10, -1);
        case "map_type" -> bpfMap = (int) number(value, 10, 0);
        case "eventfd-count" -> eventCount = unsigned(value);
        case "eventfd-semaphore" -> isSemaphore = value.equals("1");
        case "lock" -> locks.add(value);
        default -> {
          // of no interest here
        }
      }
    }
    return new DescriptorInfo(
        flags, mount, process, terminal, bpfMap, eventCount, isSemaphore, locks, watched);
  }

  /** Drivers write lines of their own into it, and may use a name of ours for something else. */
  private static long number(String text, int radix, long otherwise) {
    try {
      return Long.parseLong(text, radix);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static long unsigned(String hexadecimal) {
    try {
      return Long.parseUnsignedLong(hexadecimal, 16);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** {@code inotify wd:1 ino:20c sdev:29 mask:fc ...}, in hexadecimal. */
  private static Inode watch(String line) {
    return Inode.ofKernel(
        Long.parseUnsignedLong(word(line, " sdev:"), 16),
        Long.parseUnsignedLong(word(line, " ino:"), 16));
  }

  private static String word(String line, String key) {
    int start = line.indexOf(key) + key.length();
    int end = line.indexOf(' ', start);
    return line.substring(start, end < 0 ? line.length() : end);
  }
}
