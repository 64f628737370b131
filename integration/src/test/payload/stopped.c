/* A process that is stopped by a signal stays so. */
#include "payload.h"

PAYLOAD("processes", "stopped processes: still stopped, go on at SIGCONT");

static struct waiter stopped;

static void nothing(void) {}

static char state(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", stopped.pid);
  return field(path, "State")[0];
}

static bool is_stopped(void) { return state() == 'T'; }

static void prepare(void) {
  stopped = waiter(nothing, nothing);
  kill(stopped.pid, SIGSTOP);
  until("the child to stop", is_stopped);
}

static void check(void) {
  int status;
  same("state", state(), 'T');
  same("what its parent hears", waitpid(stopped.pid, &status, WUNTRACED | WNOHANG), stopped.pid);
  same("that it was stopped", WIFSTOPPED(status), 1);
  kill(stopped.pid, SIGCONT);
  same("what its parent hears", waitpid(stopped.pid, &status, WCONTINUED), stopped.pid);
  goes_on("the child", stopped);
}
