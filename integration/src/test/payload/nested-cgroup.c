/* A process in a namespace of its own: the engine saves one of this kind only. */
#include "payload.h"

IMPOSSIBLE("namespaces", "a nested cgroup namespace", "nested-cgroup-namespace");

static struct waiter process;

static void enclose(void) {
  need(unshare(CLONE_NEWCGROUP), "unshare");
}

static void go_on(void) {
  getpid();
}

static void prepare(void) { process = waiter(enclose, go_on); }

static void check(void) { goes_on("the process", process); }
