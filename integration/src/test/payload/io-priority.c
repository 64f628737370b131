/* In which order a process's reads and writes are served. */
#include "payload.h"
#include <linux/ioprio.h>

PAYLOAD("scheduling", "io priority of a process");

static struct waiter process;

static void lower(void) {
  need(syscall(SYS_ioprio_set, 1, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6)), "ioprio_set");
}

static void remain(void) { same("io priority", syscall(SYS_ioprio_get, 1, 0), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6)); }

static void prepare(void) { process = waiter(lower, remain); }

static void check(void) { goes_on("the process", process); }
