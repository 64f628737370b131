package org.letargo.hook.change;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageSource;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Resumed;

/**
 * Counts what is read of the memory that comes late, and remembers the damage that ends it. One
 * thread reads, any may ask.
 */
final class CountedPages implements PageSource {
  private static final int STEPS = 20;

  private final PageSource source;
  private final long totalBytes;
  private final Runnable onStep;
  private volatile long doneBytes;
  private volatile Optional<ArchiveException> damage = Optional.empty();

  /**
   * @param onStep called on the thread that reads, at each twentieth of the whole
   */
  CountedPages(PageSource source, long totalBytes, Runnable onStep) {
    this.source = source;
    this.totalBytes = totalBytes;
    this.onStep = onStep;
  }

  @Override
  public void read(PageObject object, long address, ByteBuffer into) throws IOException {
    int bytes = into.remaining();
    try {
      source.read(object, address, into);
    } catch (ArchiveException e) {
      damage = Optional.of(e);
      throw e;
    }
    long before = doneBytes;
    doneBytes = Math.min(totalBytes, before + bytes);
    if (step(doneBytes) != step(before)) {
      onStep.run();
    }
  }

  @Override
  public void complete() throws IOException {
    source.complete();
  }

  private long step(long bytes) {
    return bytes * STEPS / Math.max(1, totalBytes);
  }

  /** What is not what it was, if that was seen. */
  Optional<ArchiveException> damage() {
    return damage;
  }

  /** How much of it has gone through. */
  Resumed.Lazily state() {
    return new Resumed.Lazily(
        DataSize.ofBytes(totalBytes), DataSize.ofBytes(totalBytes - doneBytes));
  }
}
