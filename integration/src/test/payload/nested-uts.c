/* A process in a namespace of its own: the engine saves one of this kind only. */
#include "payload.h"

IMPOSSIBLE("namespaces", "a nested uts namespace", "nested-uts-namespace");

static struct waiter process;

static void enclose(void) {
  need(unshare(CLONE_NEWUTS), "unshare");
}

static void go_on(void) {
  getpid();
}

static void prepare(void) { process = waiter(enclose, go_on); }

static void check(void) { goes_on("the process", process); }
