package org.letargo.hook.protocol.testing;

/** The points of a change at which a {@link FakeHook} can be told to stand still, fail or die. */
public enum Moment {
  /** The request has arrived and is in no journal yet: if it dies now, it never heard of it. */
  RECEIVED,
  /** The change is journalled and allowed, and nothing is done: rolled back if it dies. */
  BEGUN,
  /** Half of the work is done; of a stream, half of the bytes: rolled back if it dies. */
  HALFWAY,
  /** All is done and durable, the answer is not sent: finished if it dies. */
  COMMITTED
}
