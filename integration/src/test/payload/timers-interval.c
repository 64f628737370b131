/* setitimer(2): three clocks, how much is left, how often. */
#include "payload.h"
#include <sys/time.h>

PAYLOAD("timers", "setitimer of all three kinds; alarm");

static struct waiter alarmed;

static void set(int kind, long seconds, long each) {
  struct itimerval timer = {.it_value.tv_sec = seconds, .it_interval.tv_sec = each};
  need(setitimer(kind, &timer, NULL), "setitimer");
}

static void left(int kind, long seconds, long each) {
  struct itimerval timer;
  need(getitimer(kind, &timer), "getitimer");
  same("interval", timer.it_interval.tv_sec, each);
  if (timer.it_value.tv_sec >= seconds || timer.it_value.tv_sec < seconds - 100) {
    fails("%ld s are left of %ld s", (long)timer.it_value.tv_sec, seconds);
  }
}

static void set_alarm(void) { alarm(5000); }
static void rings_later(void) {
  unsigned int seconds = alarm(0);
  if (seconds > 5000 || seconds < 4900) {
    fails("%u s are left of the alarm", seconds);
  }
}

static void prepare(void) {
  set(ITIMER_REAL, 1000, 11);
  set(ITIMER_VIRTUAL, 2000, 22);
  set(ITIMER_PROF, 3000, 33);
  alarmed = waiter(set_alarm, rings_later);
}

static void check(void) {
  left(ITIMER_REAL, 1000, 11);
  left(ITIMER_VIRTUAL, 2001, 22);
  left(ITIMER_PROF, 3001, 33);
  goes_on("a process with an alarm", alarmed);
}
