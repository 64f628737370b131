package org.letargo.integration.conformance;

import java.util.Map;
import java.util.Optional;

/** Why programs cannot pass, as far as people have found out: what the engine does not do. */
final class KnownGaps {
  private static final String INTERRUPTED =
      "the engine runs code of its own in each thread and leaves by sigreturn, after which the"
          + " kernel does not restart this call (restart_block); its log says 'Will restore ... with"
          + " interrupted system call' (criu#1325, criu#1589). Programs that look at EINTR go on.";
  private static final String STOPPED =
      "the kernel ends this call with EINTR whenever a process is stopped, see signal(7).";
  private static final String INODES =
      "A disk that is unpacked on another host has other inode numbers, and SQLite does not write"
          + " to an open database whose number has changed (SQLITE_READONLY_DBMOVED).";
  private static final String NOT_SAVED = "CRIU does not save it.";

  private static final Map<String, String> WHY =
      Map.ofEntries(
          Map.entry("interrupted-sleep", INTERRUPTED),
          Map.entry("interrupted-poll", INTERRUPTED),
          Map.entry("interrupted-epoll", STOPPED),
          Map.entry("interrupted-semtimedop", STOPPED),
          Map.entry("interrupted-sigtimedwait", STOPPED),
          Map.entry("interrupted-inotify", STOPPED),
          Map.entry("affinity", "CRIU does not save it (criu#2014)."),
          Map.entry("io-priority", NOT_SAVED),
          Map.entry("timer-slack", NOT_SAVED),
          Map.entry("personality", NOT_SAVED),
          Map.entry("dnotify", NOT_SAVED),
          Map.entry("memory-lock-future", NOT_SAVED),
          Map.entry("pkeys", NOT_SAVED),
          Map.entry("sysv-undo", "CRIU saves the values, not who is to undo what (criu#47)."),
          Map.entry("sysv-msg-limit", NOT_SAVED),
          Map.entry("eventfd-large", "CRIU makes it by eventfd(2), whose first value has 32 bits."),
          Map.entry("eventfd-semaphore", "CRIU does not save EFD_SEMAPHORE."),
          Map.entry("tcp-congestion", NOT_SAVED),
          Map.entry("tcp-user-timeout", NOT_SAVED),
          Map.entry("tcp-notsent-lowat", NOT_SAVED),
          Map.entry("udp-queued", "CRIU drops datagrams that nobody has read."),
          Map.entry(
              "record-lock-inherited",
              "CRIU takes locks seen by a second holder of an open file for copies (discard_dup_locks_tail)."),
          Map.entry("python-sqlite", INODES),
          Map.entry("inotify-queued", "CRIU drops events that nobody has read."),
          Map.entry("inotify-once", "CRIU does not save IN_ONESHOT, which /proc does not show."));

  private KnownGaps() {}

  static Optional<String> why(Program program) {
    return Optional.ofNullable(WHY.get(program.name()));
  }
}
