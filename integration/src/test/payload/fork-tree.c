/* A tree of processes: each knows its pid and its parent's, and memory of its own. */
#include "payload.h"

PAYLOAD("processes", "children and grandchildren: pids, parents, memory of their own");

static struct waiter children[3], grandchild;
static pid_t pid, parent;
static int64_t counter;

static void remember(void) {
  pid = getpid();
  parent = getppid();
  counter = pid * 1000003LL;
}

static void recall_self(void) {
  same("pid", getpid(), pid);
  same("thread id", syscall(SYS_gettid), pid);
  same("counter", counter, pid * 1000003LL);
}

static void recall(void) {
  recall_self();
  same("parent", getppid(), parent);
}

static void begin_family(void) {
  remember();
  grandchild = waiter(remember, recall);
}

static void end_family(void) {
  recall();
  goes_on("the grandchild", grandchild);
}

static void prepare(void) {
  remember();
  for (int i = 0; i < 3; i++) {
    children[i] = waiter(begin_family, end_family);
  }
}

static void check(void) {
  recall_self();
  for (int i = 0; i < 3; i++) {
    goes_on("a child", children[i]);
  }
  ends_well("a child born afterwards", child(remember));
}
