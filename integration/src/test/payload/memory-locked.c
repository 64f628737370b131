/* Memory that is not swapped out. */
#include "payload.h"

PAYLOAD("memory", "locked memory");

static char *region;

static long locked(void) { return atol(field("/proc/self/status", "VmLck")); }

static void prepare(void) {
  region = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  need(mlock(region, 1 << 15), "mlock");
}

static void check(void) {
  same("locked", locked(), 32);
}
