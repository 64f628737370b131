package org.letargo.archive.criu;

import java.util.List;
import java.util.Map;

/**
 * What the images of a checkpoint say of a process, as far as it can be seen from outside once the
 * process is there again. Ids are as the VPS sees them.
 *
 * @param parentPid 0 for the first process
 * @param name as {@code ps} shows it; the program's choice, any text
 * @param hasEnded whether there is nothing of it but what it ended with: a zombie, which has no
 *     threads, descriptors and memory
 * @param threads how many it has
 * @param descriptors kind by number
 * @param unstable memory that the kernel writes when the process comes back: what is there is not
 *     what was saved
 * @param shared where it sees memory that belongs to no file and may be others' too
 */
public record SavedProcess(
    int pid,
    int parentPid,
    String name,
    boolean hasEnded,
    int threads,
    Map<Integer, FileKind> descriptors,
    List<Area> unstable,
    List<SharedArea> shared) {

  /** A piece of memory. The end is behind its last byte. */
  public record Area(long start, long end) {
    /** Whether a byte of the other is in it. */
    public boolean touches(long otherStart, long otherEnd) {
      return start < otherEnd && otherStart < end;
    }
  }

  /**
   * A view of a piece of shared memory.
   *
   * @param object which piece
   * @param offset where in the piece the area begins, in bytes
   */
  public record SharedArea(Area area, long object, long offset) {
    /** The pagemap image of the piece. */
    public String pagemap() {
      return "pagemap-shmem-" + Long.toUnsignedString(object) + ".img";
    }
  }

  public SavedProcess {
    descriptors = Map.copyOf(descriptors);
    unstable = List.copyOf(unstable);
    shared = List.copyOf(shared);
  }

  /** The pagemap image of its memory. */
  public String pagemap() {
    return "pagemap-" + pid + ".img";
  }
}
