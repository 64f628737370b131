/* On which processors a process may run. */
#include "payload.h"

PAYLOAD("scheduling", "cpu affinity of a process");

static struct waiter process;

static void bind(void) {
  cpu_set_t set;
  need(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
  if (CPU_COUNT(&set) < 2) {
    absent("there is one processor only");
  }
  for (int cpu = 0, left = CPU_COUNT(&set); left > 1; cpu++) {
    if (CPU_ISSET(cpu, &set)) {
      CPU_CLR(cpu, &set);
      left--;
    }
  }
  need(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
}

static void is_bound(void) {
  cpu_set_t set;
  need(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
  same("number of processors", CPU_COUNT(&set), 1);
}

static void prepare(void) { process = waiter(bind, is_bound); }

static void check(void) { goes_on("the process", process); }
