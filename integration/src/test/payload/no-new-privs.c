/* Flags that a process has for good. */
#include "payload.h"

PAYLOAD("credentials", "no_new_privs, dumpable");

static struct waiter process;

static void set(void) {
  need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
  need(prctl(PR_SET_DUMPABLE, 0), "PR_SET_DUMPABLE");
}

static void are_set(void) {
  same("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
  same("dumpable", prctl(PR_GET_DUMPABLE), 0);
}

static void prepare(void) { process = waiter(set, are_set); }

static void check(void) {
  goes_on("the process", process);
  same("no_new_privs of the parent", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
}
