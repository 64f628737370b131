/* Guard pages, as the C libraries of today make them below stacks (Linux 6.13). */
#include "payload.h"

PAYLOAD("memory", "guard pages made by madvise");

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#define PAGE 4096

static char *region;
static int pipes[2];

static void prepare(void) {
  region = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fill(region, 4 * PAGE, 15);
  if (madvise(region + PAGE, PAGE, MADV_GUARD_INSTALL) < 0) {
    absent("guard pages: %s", strerror(errno));
  }
  need(pipe(pipes), "pipe");
}

static void check(void) {
  same("touching the guard", write(pipes[1], region + PAGE, 1), -1);
  same("errno", errno, EFAULT);
  same("touching what lies behind", write(pipes[1], region + 2 * PAGE, 1), 1);
  filled("what lies before", region, PAGE, 15);
}
