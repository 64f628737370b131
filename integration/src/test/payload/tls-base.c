/* Segment bases, as runtimes of their own set them. */
#include "payload.h"
#include <asm/prctl.h>

PAYLOAD("threads and locks", "segment base of a process");

static struct waiter process;
static long value = 0x5151;

static void set(void) { need(syscall(SYS_arch_prctl, ARCH_SET_GS, &value), "ARCH_SET_GS"); }

static void is_set(void) {
  unsigned long base;
  need(syscall(SYS_arch_prctl, ARCH_GET_GS, &base), "ARCH_GET_GS");
  same("base", base, (long)&value);
  long found;
  __asm__("movq %%gs:0, %0" : "=r"(found));
  same("what lies there", found, 0x5151);
}

static void prepare(void) { process = waiter(set, is_set); }

static void check(void) { goes_on("the process", process); }
