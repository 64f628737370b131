package org.letargo.hook.loan;

import java.util.concurrent.atomic.AtomicLong;

/** Remembers what a lender was told. */
record Heard(AtomicLong sentBytes, AtomicLong timesRunning, Runnable atAllThere)
    implements LentMemory.Listener {
  static Heard by(Runnable atAllThere) {
    return new Heard(new AtomicLong(), new AtomicLong(), atAllThere);
  }

  @Override
  public void running() {
    timesRunning.incrementAndGet();
  }

  @Override
  public void sent(long bytes) {
    sentBytes.set(bytes);
  }

  @Override
  public void allThere() {
    atAllThere.run();
  }
}
