package org.letargo.hook.pages;

import java.io.IOException;

/**
 * Whose pages they are: a process's, at its virtual addresses, or a segment's of shared memory, at
 * offsets in it.
 *
 * @param number the pid as the VPS sees it, or the engine's number of the segment
 */
public record PageObject(Kind kind, long number) {
  private static final int TYPE_BITS = 8;
  private static final long MAX_NUMBER = 0xffff_ffffL;

  /** What has pages. */
  public enum Kind {
    PROCESS(1, "pagemap-"),
    SHARED_MEMORY(2, "pagemap-shmem-");

    private final int wire;
    private final String prefix;

    Kind(int wire, String prefix) {
      this.wire = wire;
      this.prefix = prefix;
    }
  }

  public PageObject {
    if (number < 0 || number > MAX_NUMBER) {
      throw new IllegalArgumentException("no object has the number " + number);
    }
  }

  public static PageObject process(long pid) {
    return new PageObject(Kind.PROCESS, pid);
  }

  public static PageObject sharedMemory(long number) {
    return new PageObject(Kind.SHARED_MEMORY, number);
  }

  /** The name of its pagemap image. */
  public String pagemapName() {
    return kind.prefix + number + ".img";
  }

  /** As it stands in a header of a dump; encode_pm of CRIU's page-xfer.c. */
  long encoded() {
    return number << TYPE_BITS | kind.wire;
  }

  static PageObject decode(long id) throws IOException {
    for (Kind kind : Kind.values()) {
      if ((id & (1 << TYPE_BITS) - 1) == kind.wire && id >>> TYPE_BITS <= MAX_NUMBER) {
        return new PageObject(kind, id >>> TYPE_BITS);
      }
    }
    throw new IOException("it names an object that there is not: " + Long.toHexString(id));
  }
}
