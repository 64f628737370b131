/* How a process is scheduled. */
#include "payload.h"
#include <sys/resource.h>

PAYLOAD("scheduling", "nice values and scheduling policies");

static struct waiter nice_one, batch, idle;

static void be_nice(void) { need(setpriority(PRIO_PROCESS, 0, 7), "setpriority"); }
static void is_nice(void) {
  same("nice value", getpriority(PRIO_PROCESS, 0), 7);
  same("policy", sched_getscheduler(0), SCHED_OTHER);
}
static void be_batch(void) {
  need(sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0}), "SCHED_BATCH");
  need(setpriority(PRIO_PROCESS, 0, 3), "setpriority");
}
static void is_batch(void) {
  same("policy", sched_getscheduler(0), SCHED_BATCH);
  same("nice value", getpriority(PRIO_PROCESS, 0), 3);
}
static void be_idle(void) { need(sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){0}), "SCHED_IDLE"); }
static void is_idle(void) { same("policy", sched_getscheduler(0), SCHED_IDLE); }

static void prepare(void) {
  nice_one = waiter(be_nice, is_nice);
  idle = waiter(be_idle, is_idle);
  batch = waiter(be_batch, is_batch);
}

static void check(void) {
  goes_on("the nice process", nice_one);
  goes_on("the idle process", idle);
  goes_on("the batch process", batch);
}
