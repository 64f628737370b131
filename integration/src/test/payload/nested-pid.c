/* A process in a namespace of its own: the engine saves one of this kind only. */
#include "payload.h"

IMPOSSIBLE("namespaces", "a nested pid namespace", "nested-pid-namespace");

static struct waiter process;
static struct waiter inner;
static void nothing(void) {}

static void enclose(void) {
  need(unshare(CLONE_NEWPID), "unshare");
  inner = waiter(nothing, nothing);
}

static void go_on(void) {
  goes_on("the process in it", inner);
}

static void prepare(void) { process = waiter(enclose, go_on); }

static void check(void) { goes_on("the process", process); }
