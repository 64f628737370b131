/* A process with clocks of its own. */
#include "payload.h"

IMPOSSIBLE("namespaces", "a nested time namespace", "nested-time-namespace");

static struct waiter process, inner;

static void nothing(void) {}
static void enclose(void) {
  if (unshare(0x80 /* CLONE_NEWTIME */) < 0) {
    absent("time namespaces: %s", strerror(errno));
  }
  inner = waiter(nothing, nothing);
}
static void go_on(void) { goes_on("the process in it", inner); }

static void prepare(void) { process = waiter(enclose, go_on); }

static void check(void) { goes_on("the process", process); }
