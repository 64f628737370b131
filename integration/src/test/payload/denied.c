/* What a VPS does not get, because nobody could save it: programs fall back to what they used before. */
#include "payload.h"

PAYLOAD("refused at birth", "io_uring, userfaultfd, secret memory, landlock, bpf, perf, fanotify are not to be had");

static void refused(const char *what, long result, int error) {
  if (result >= 0) {
    fails("%s is to be had", what);
  }
  same(what, errno, error);
}

static void check(void) {
  char parameters[200] = {0};
  refused("io_uring", syscall(SYS_io_uring_setup, 8, parameters), ENOSYS);
  refused("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC), ENOSYS);
  refused("secret memory", syscall(SYS_memfd_secret, 0), ENOSYS);
  refused("landlock", syscall(SYS_landlock_create_ruleset, NULL, 0, 1), ENOSYS);
  refused("bpf", syscall(SYS_bpf, 0, parameters, 32), EPERM);
  refused("perf", syscall(SYS_perf_event_open, parameters, 0, -1, -1, 0), EPERM);
  refused("fanotify", syscall(SYS_fanotify_init, 0, 0), EPERM);
}

static void prepare(void) { check(); }
