package org.letargo.hook.preflight;

import java.util.ArrayList;
import java.util.List;
import org.letargo.hook.protocol.ObstacleResource;

/**
 * A mapping that is of interest, from /proc/PID/maps: of a deleted file, a device, or something of
 * the kernel's.
 *
 * @param range its addresses, as map_files names it
 * @param inode for System V shared memory its id
 */
record MappedFile(String range, long inode, String target) {
  private static final String DELETED = " (deleted)";

  /** Those of interest among all mappings of a process. */
  static List<MappedFile> parse(String maps) {
    List<MappedFile> found = new ArrayList<>();
    int start = 0;
    while (start < maps.length()) {
      int end = maps.indexOf('\n', start);
      end = end < 0 ? maps.length() : end;
      if (isOfInterest(maps, start, end)) {
        String[] fields = maps.substring(start, end).split(" +", 6);
        found.add(new MappedFile(fields[0], Long.parseLong(fields[4]), fields[5]));
      }
      start = end + 1;
    }
    return found;
  }

  /** Cheaply: a large process has tens of thousands of lines, and few are. */
  private static boolean isOfInterest(String maps, int start, int end) {
    int name = start + 73; // where the kernel puts names, or later behind a long number
    if (name >= end) {
      return false;
    }
    int slash = maps.indexOf('/', start, end);
    if (slash < 0) {
      return maps.indexOf("anon_inode:", start, end) >= 0;
    }
    return maps.startsWith(DELETED, end - DELETED.length())
        || maps.startsWith("/dev/", slash)
        || maps.startsWith("/[aio]", slash)
        || maps.startsWith("/SYSV", slash)
        || maps.startsWith("/secretmem", slash)
        || maps.indexOf("anon_inode:", start, end) >= 0;
  }

  boolean isDeleted() {
    return target.endsWith(DELETED);
  }

  ObstacleResource resource() {
    return new ObstacleResource(ObstacleResource.Type.MAPPING, range, ProcFile.shown(target));
  }
}
