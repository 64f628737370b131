/* Timers read from descriptors: relative, periodic, absolute, those that have expired. */
#include "payload.h"
#include <sys/timerfd.h>

PAYLOAD("event descriptors", "timerfd: relative, periodic, absolute, expired and not yet read");

static int relative, absolute, expired, disarmed;

static int make(clockid_t clock) { return need(timerfd_create(clock, TFD_NONBLOCK), "timerfd_create"); }

static void set(int fd, int flags, struct timespec value, struct timespec interval) {
  need(timerfd_settime(fd, flags, &(struct itimerspec){interval, value}, NULL), "timerfd_settime");
}

static void left(const char *what, int fd, long most, long each) {
  struct itimerspec time;
  need(timerfd_gettime(fd, &time), what);
  same(what, time.it_interval.tv_sec, each);
  if (time.it_value.tv_sec > most || time.it_value.tv_sec < most - 100) {
    fails("%s: %ld s are left of %ld s", what, (long)time.it_value.tv_sec, most);
  }
}

static void prepare(void) {
  struct timespec now, none = {0};
  relative = make(CLOCK_MONOTONIC);
  absolute = make(CLOCK_REALTIME);
  expired = make(CLOCK_BOOTTIME);
  disarmed = make(CLOCK_MONOTONIC);
  set(relative, 0, (struct timespec){1000, 0}, (struct timespec){10, 0});
  clock_gettime(CLOCK_REALTIME, &now);
  set(absolute, TFD_TIMER_ABSTIME, (struct timespec){now.tv_sec + 2000, 0}, none);
  set(expired, 0, (struct timespec){0, 1000000}, none);
  usleep(5000);
}

static void check(void) {
  uint64_t count = 0;
  struct itimerspec time;
  left("relative timer", relative, 1000, 10);
  left("absolute timer", absolute, 2000, 0);
  receive_all(expired, &count, sizeof count);
  same("expirations", count, 1);
  need(timerfd_gettime(disarmed, &time), "timerfd_gettime");
  same("disarmed timer", time.it_value.tv_sec + time.it_value.tv_nsec, 0);
}
