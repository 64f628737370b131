/* A process that a debugger has left. */
#include "payload.h"
#include <sys/ptrace.h>

PAYLOAD("processes", "a process that was traced, and is no more");

static struct waiter traced;

static void nothing(void) {}

static void prepare(void) {
  int status;
  traced = waiter(nothing, nothing);
  need(ptrace(PTRACE_ATTACH, traced.pid, 0, 0), "PTRACE_ATTACH");
  need(waitpid(traced.pid, &status, 0), "waitpid");
  need(ptrace(PTRACE_DETACH, traced.pid, 0, 0), "PTRACE_DETACH");
}

static void check(void) {
  int status;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", traced.pid);
  same_text("tracer", field(path, "TracerPid"), "0");
  need(ptrace(PTRACE_SEIZE, traced.pid, 0, 0), "PTRACE_SEIZE");
  need(ptrace(PTRACE_INTERRUPT, traced.pid, 0, 0), "PTRACE_INTERRUPT");
  need(waitpid(traced.pid, &status, 0), "waitpid");
  need(ptrace(PTRACE_DETACH, traced.pid, 0, 0), "PTRACE_DETACH");
  goes_on("the child", traced);
}
