/* A process that waits in vfork for its child. */
#include "payload.h"

IMPOSSIBLE("processes", "a parent that waits in vfork: nothing can stop it there", "uninterruptible");

static int tell[2];
static pid_t parent;

static void borrow(void) {
  pid_t pid = vfork();
  if (pid == 0) {
    char byte;
    _exit(read(tell[0], &byte, 1) == 1 ? 0 : 1);
  }
  int status;
  _exit(waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1);
}

static void prepare(void) {
  need(pipe(tell), "pipe");
  parent = child(borrow);
  sleeps(parent, SYS_vfork);
}

static void check(void) {
  send_all(tell[1], "x", 1);
  ends_well("the parent", parent);
}
