/* Address space without memory, and pages far apart in it. */
#include "payload.h"

PAYLOAD("memory", "100 GiB of address space with a page every 10 GiB");

#define GIB (1LL << 30)

static char *region;

static void prepare(void) {
  region = mmap(NULL, 100 * GIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) {
    absent("100 GiB of address space: %s", strerror(errno));
  }
  madvise(region, 100 * GIB, MADV_NOHUGEPAGE);
  for (long at = 0; at < 100; at += 10) {
    fill(region + at * GIB, 4096, at);
  }
}

static void check(void) {
  for (long at = 0; at < 100; at += 10) {
    filled("a page", region + at * GIB, 4096, at);
  }
  same("resident memory is small", atol(field("/proc/self/status", "VmRSS")) < 20000, 1);
}
