package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.pages.MemoryShape;
import org.letargo.hook.protocol.DataSize;

/** Whether memory of this shape had better come late. */
final class LazyFit {
  /** Less is read before the engine's daemon has even started. */
  private static final long LEAST_LAZY_BYTES = 16L << 20;

  /** Shared since forks: up to that much nobody minds a copy for each process. */
  private static final long COMMON_BYTES = 64L << 20;

  /** Of the memory that could come late, the largest part that may be shared. */
  private static final int COMMON_PART = 4;

  /** Of the limit, what is left to the kernel's own of the VPS and to files. */
  private static final int SPARE_PART = 16;

  private LazyFit() {}

  /**
   * Why all of it should rather be there first; empty if it may come late.
   *
   * @param limit of the VPS's memory
   * @return half a sentence for people
   */
  static Optional<String> obstacle(MemoryShape shape, DataSize limit) {
    return shape.lazyBytes() < LEAST_LAZY_BYTES
        ? Optional.of(
            "only " + DataSize.ofBytes(shape.lazyBytes()) + " of its memory could come later")
        : harm(shape, limit);
  }

  /**
   * Why it would harm the VPS if memory came late, however much or little that is. Memory that
   * processes share since a fork is not shared any more when it came late: each has its own copy.
   *
   * @return half a sentence for people
   */
  static Optional<String> harm(MemoryShape shape, DataSize limit) {
    if (shape.commonBytes() > COMMON_BYTES
        && shape.commonBytes() > shape.lazyBytes() / COMMON_PART) {
      return Optional.of(
          "its processes share up to "
              + DataSize.ofBytes(shape.commonBytes())
              + " since they were forked, and each would get a copy");
    }
    long neededBytes = shape.lazyBytes() + shape.otherBytes();
    if (neededBytes > limit.bytes() - limit.bytes() / SPARE_PART) {
      return Optional.of(
          "its processes could need "
              + DataSize.ofBytes(neededBytes)
              + " of the "
              + limit
              + " that it may have");
    }
    return Optional.empty();
  }
}
