/* Restartable sequences: the kernel keeps the number of the processor up to date in memory. */
#include "payload.h"
#include <sys/rseq.h>

PAYLOAD("threads and locks", "restartable sequences stay registered");

static struct waiter process;

static uint32_t cpu(void) {
  struct rseq *area = (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
  return __atomic_load_n(&area->cpu_id, __ATOMIC_RELAXED);
}

static void nothing(void) {}

static void follows(void) {
  cpu_set_t all;
  need(sched_getaffinity(0, sizeof all, &all), "sched_getaffinity");
  for (int each = 0; each < CPU_SETSIZE; each++) {
    if (CPU_ISSET(each, &all)) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(each, &one);
      need(sched_setaffinity(0, sizeof one, &one), "sched_setaffinity");
      same("processor as the kernel keeps it", cpu(), each);
    }
  }
}

static void prepare(void) {
  if (__rseq_size == 0) {
    absent("the C library registers none");
  }
  process = waiter(nothing, follows);
}

static void check(void) { goes_on("the process", process); }
