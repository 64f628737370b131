/* Signals read from a descriptor. */
#include "payload.h"
#include <sys/signalfd.h>

PAYLOAD("event descriptors", "signalfd with signals that are queued");

static int fd;

static void prepare(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN + 2);
  need(sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask");
  fd = need(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
  need(kill(getpid(), SIGUSR1), "kill");
  need(sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 77}), "sigqueue");
}

static void check(void) {
  struct signalfd_siginfo info;
  receive_all(fd, &info, sizeof info);
  same("first signal", info.ssi_signo, SIGUSR1);
  receive_all(fd, &info, sizeof info);
  same("second signal", info.ssi_signo, SIGRTMIN + 2);
  same("its value", info.ssi_int, 77);
  same("no more", read(fd, &info, sizeof info), -1);
  same("errno", errno, EAGAIN);
  same("flags", fcntl(fd, F_GETFD), FD_CLOEXEC);
}
