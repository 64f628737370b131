package org.letargo.hook.protocol;

/** Hears how far a change is, on the thread that makes it; it must not block. */
@FunctionalInterface
public interface ProgressListener {
  ProgressListener NONE = progress -> {};

  void on(Progress progress);
}
