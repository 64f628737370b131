/* Who is told when a descriptor is ready. */
#include "payload.h"
#include <sys/socket.h>

PAYLOAD("file locks", "owners of descriptors: process, group, signal, asynchronous input");

static int pair[2], ends[2];

static void prepare(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 7);
  sigprocmask(SIG_BLOCK, &set, NULL);
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  need(pipe(ends), "pipe");
  need(fcntl(pair[0], F_SETOWN, getpid()), "F_SETOWN");
  need(fcntl(pair[0], F_SETSIG, SIGRTMIN + 7), "F_SETSIG");
  need(fcntl(pair[0], F_SETFL, O_ASYNC | O_RDWR), "O_ASYNC");
  need(fcntl(ends[0], F_SETOWN, -getpgrp()), "F_SETOWN");
}

static void check(void) {
  siginfo_t info;
  sigset_t set;
  same("owner", fcntl(pair[0], F_GETOWN), getpid());
  same("signal", fcntl(pair[0], F_GETSIG), SIGRTMIN + 7);
  same("O_ASYNC", fcntl(pair[0], F_GETFL) & O_ASYNC, O_ASYNC);
  same("a group that owns", fcntl(ends[0], F_GETOWN), -getpgrp());
  send_all(pair[1], "x", 1);
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 7);
  need(sigtimedwait(&set, &info, &(struct timespec){.tv_sec = 10}), "the signal");
  same("descriptor", info.si_fd, pair[0]);
}
