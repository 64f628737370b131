package org.letargo.linux;

import java.util.Arrays;

/** Tells what another thread is at. */
final class Threads {
  private Threads() {}

  /** Whether the thread is inside Descriptor.await, so that it waits in poll(2) or is about to. */
  static boolean isInNativeCall(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame ->
            frame.getClassName().equals(Descriptor.class.getName())
                && frame.getMethodName().equals("poll"));
  }
}
