/* Who inherits orphans, and who hears of a parent's death. */
#include "payload.h"

PAYLOAD("processes", "a subreaper; a signal at the parent's death");

static int tell[2];
static pid_t middle;

static void leave(void) {
  char byte;
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGUSR2);
    sigset_t waited;
    int signal;
    sigemptyset(&waited);
    sigaddset(&waited, SIGUSR2);
    sigprocmask(SIG_BLOCK, &waited, NULL);
    sigwait(&waited, &signal);
    _exit(9);
  }
  receive_all(tell[0], &byte, 1);
}

static void prepare(void) {
  need(prctl(PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER");
  need(pipe(tell), "pipe");
  middle = child(leave);
  sleeps(middle, SYS_read);
}

static void check(void) {
  int set = 0, status;
  prctl(PR_GET_CHILD_SUBREAPER, &set);
  same("subreaper", set, 1);
  send_all(tell[1], "x", 1);
  ends_well("the parent", middle);
  need(wait(&status), "inheriting the orphan");
  same("status of the orphan, which heard of it", status, 9 << 8);
}
