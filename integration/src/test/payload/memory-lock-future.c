/* A process all of whose future memory is locked. */
#include "payload.h"

PAYLOAD("memory", "mlockall for memory to come");

static struct waiter all;

static long locked(void) { return atol(field("/proc/self/status", "VmLck")); }
static void lock_all(void) { need(mlockall(MCL_FUTURE), "mlockall"); }
static void will_be(void) {
  long before = locked();
  mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  same("locked by itself", locked(), before + 64);
}

static void prepare(void) { all = waiter(lock_all, will_be); }

static void check(void) { goes_on("a process that locks all", all); }
