/* Open files of /proc of a process that is gone. */
#include "payload.h"

PAYLOAD("files", "/proc: an open file of a process that has ended");

static int status;

static void pause_for_ever(void) { pause(); }

static void prepare(void) {
  char path[40];
  pid_t pid = child(pause_for_ever);
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  status = need(open(path, O_RDONLY), path);
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

static void check(void) {
  char byte;
  same("reading it", read(status, &byte, 1), -1);
  same("errno", errno, ESRCH);
}
