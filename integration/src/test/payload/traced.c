/* A process that a debugger holds. */
#include "payload.h"
#include <sys/ptrace.h>

IMPOSSIBLE("processes", "a process that is traced by another", "traced");

static struct waiter traced;

static void nothing(void) {}

static void prepare(void) {
  traced = waiter(nothing, nothing);
  need(ptrace(PTRACE_SEIZE, traced.pid, 0, 0), "PTRACE_SEIZE");
}

static void check(void) {
  need(ptrace(PTRACE_INTERRUPT, traced.pid, 0, 0), "PTRACE_INTERRUPT");
  int status;
  need(waitpid(traced.pid, &status, 0), "waitpid");
  need(ptrace(PTRACE_DETACH, traced.pid, 0, 0), "PTRACE_DETACH");
  goes_on("the child", traced);
}
