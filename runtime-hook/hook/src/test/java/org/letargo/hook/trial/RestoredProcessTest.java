package org.letargo.hook.trial;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.archive.criu.FileKind;

class RestoredProcessTest {
  /** As the kernel writes them; the kinds are the only ones that each is. */
  @ParameterizedTest
  @CsvSource({
    "/var/log/syslog, PATH",
    "/var/log/syslog (deleted), PATH",
    "/dev/pts/0, PATH",
    "pipe:[4711], PIPE",
    "socket:[4711], SOCKET",
    "anon_inode:[eventfd], EVENTFD",
    "anon_inode:[eventpoll], EPOLL",
    "anon_inode:inotify, INOTIFY",
    "anon_inode:[signalfd], SIGNALFD",
    "anon_inode:[timerfd], TIMERFD",
    "/memfd:shared (deleted), MEMFD",
  })
  void knowsWhatADescriptorIsOpenOn(String target, FileKind kind) {
    for (FileKind other : FileKind.values()) {
      assertThat(RestoredProcess.isKind(target, other))
          .as(other.name())
          .isEqualTo(other == kind || other == FileKind.OTHER);
    }
  }
}
