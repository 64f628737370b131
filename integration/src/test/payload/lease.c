/* Leases: who holds one hears when another wants the file. */
#include "payload.h"

PAYLOAD("file locks", "leases: read and write, the signal at another's open, owner");

static int reading, writing;

static void open_it(void) {
  int fd = need(open("writing", O_RDONLY | O_CLOEXEC), "writing");
  close(fd);
}

static void prepare(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 6);
  sigprocmask(SIG_BLOCK, &set, NULL);
  put("reading", "r");
  put("writing", "w");
  reading = need(open("reading", O_RDONLY), "reading");
  writing = need(open("writing", O_RDWR), "writing");
  need(fcntl(reading, F_SETLEASE, F_RDLCK), "F_SETLEASE");
  need(fcntl(writing, F_SETSIG, SIGRTMIN + 6), "F_SETSIG");
  need(fcntl(writing, F_SETLEASE, F_WRLCK), "F_SETLEASE");
}

static void check(void) {
  siginfo_t info;
  sigset_t set;
  same("lease to read", fcntl(reading, F_GETLEASE), F_RDLCK);
  same("lease to write", fcntl(writing, F_GETLEASE), F_WRLCK);
  pid_t other = child(open_it);
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 6);
  need(sigtimedwait(&set, &info, &(struct timespec){.tv_sec = 10}), "the signal of the lease");
  same("descriptor", info.si_fd, writing);
  need(fcntl(writing, F_SETLEASE, F_UNLCK), "F_SETLEASE");
  ends_well("who opens the file", other);
}
