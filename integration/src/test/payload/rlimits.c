/* Limits of resources. */
#include "payload.h"
#include <sys/resource.h>

PAYLOAD("credentials", "all resource limits, soft and hard");

static struct waiter process;
static struct rlimit before[RLIM_NLIMITS];

static void lower(void) {
  for (int kind = 0; kind < (int)RLIM_NLIMITS; kind++) {
    struct rlimit limit;
    need(getrlimit(kind, &limit), "getrlimit");
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > (1 << 20)) {
      limit = (struct rlimit){(1ULL << 40) + kind * 4096, (1ULL << 41) + kind * 4096};
      if (limit.rlim_max > RLIM_INFINITY || setrlimit(kind, &limit) < 0) {
        continue; /* its limit is lower */
      }
    }
  }
  need(setrlimit(RLIMIT_NOFILE, &(struct rlimit){200, 300}), "RLIMIT_NOFILE");
  need(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 12345678}), "RLIMIT_CORE");
  for (int kind = 0; kind < (int)RLIM_NLIMITS; kind++) {
    need(getrlimit(kind, &before[kind]), "getrlimit");
  }
}

static void remain(void) {
  for (int kind = 0; kind < (int)RLIM_NLIMITS; kind++) {
    char what[40];
    struct rlimit after;
    snprintf(what, sizeof what, "soft limit %d", kind);
    need(getrlimit(kind, &after), "getrlimit");
    same(what, after.rlim_cur, before[kind].rlim_cur);
    snprintf(what, sizeof what, "hard limit %d", kind);
    same(what, after.rlim_max, before[kind].rlim_max);
  }
}

static void prepare(void) { process = waiter(lower, remain); }

static void check(void) { goes_on("the process", process); }
