/* The kernel's code in each process: it may lie elsewhere in the kernel of another host. */
#include "payload.h"
#include <sys/auxv.h>
#include <sys/time.h>

PAYLOAD("memory", "the vdso: clocks and processor number without system calls, also of children");

static struct waiter process;

static void use(void) {
  struct timespec time;
  struct timeval day;
  unsigned int cpu;
  for (int clock = 0; clock <= CLOCK_BOOTTIME; clock++) {
    need(clock_gettime(clock, &time), "clock_gettime");
    need(clock_getres(clock, &time), "clock_getres");
  }
  need(gettimeofday(&day, NULL), "gettimeofday");
  need(getcpu(&cpu, NULL), "getcpu");
  same("it is where the auxiliary vector says", memcmp((void *)getauxval(AT_SYSINFO_EHDR), "\177ELF", 4), 0);
}

static void prepare(void) { process = waiter(use, use); }

static void check(void) {
  use();
  goes_on("a child", process);
}
