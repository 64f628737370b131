/* What prctl(2) sets, one by one. */
#include "payload.h"

PAYLOAD("processes", "name, huge pages forbidden, umask");

static struct waiter process;

static void set(void) {
  need(prctl(PR_SET_NAME, "a b)c\xff"), "PR_SET_NAME");
  need(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), "PR_SET_THP_DISABLE");
  umask(0537);
}

static void are_set(void) {
  char name[16];
  prctl(PR_GET_NAME, name);
  same_text("name", name, "a b)c\xff");
  same("huge pages forbidden", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1);
  same("umask", umask(0), 0537);
}

static void prepare(void) { process = waiter(set, are_set); }

static void check(void) { goes_on("the process", process); }
