package org.letargo.manager.migration;

/**
 * What was sent of a VPS while it runs. Both hooks hold it until this is closed, which is when its
 * last state was sent, or is not sent at all.
 */
public interface HeldAhead extends AutoCloseable {
  /** Nothing was sent. */
  HeldAhead NONE =
      new HeldAhead() {
        @Override
        public long sentBytes() {
          return 0;
        }

        @Override
        public void close() {
          // nobody holds anything
        }
      };

  /** As they were on the way. */
  long sentBytes();

  /** Lets go. Never throws: what was held is of no use then. */
  @Override
  void close();
}
