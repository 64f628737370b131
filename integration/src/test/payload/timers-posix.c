/* timer_create(2): clocks, ways to tell, absolute times, ids. */
#include "payload.h"

PAYLOAD("timers", "timer_create: with signal and value, silent, absolute, several clocks");

static timer_t with_value, silent, absolute, fires;

static timer_t make(clockid_t clock, int how, int value) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = how, .sigev_signo = SIGRTMIN + 4, .sigev_value.sival_int = value};
  need(timer_create(clock, &event, &timer), "timer_create");
  return timer;
}

static void set(timer_t timer, long seconds, long each, int flags) {
  struct itimerspec time = {.it_value.tv_sec = seconds, .it_interval.tv_sec = each};
  need(timer_settime(timer, flags, &time, NULL), "timer_settime");
}

static void left(const char *what, timer_t timer, long most, long each) {
  struct itimerspec time;
  need(timer_gettime(timer, &time), what);
  same(what, time.it_interval.tv_sec, each);
  if (time.it_value.tv_sec > most || time.it_value.tv_sec < most - 100) {
    fails("%s: %ld s are left of %ld s", what, (long)time.it_value.tv_sec, most);
  }
}

static void prepare(void) {
  sigset_t blocked;
  struct timespec now;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGRTMIN + 4);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  timer_delete(make(CLOCK_MONOTONIC, SIGEV_NONE, 0)); /* so that ids do not begin at 0 */
  with_value = make(CLOCK_MONOTONIC, SIGEV_SIGNAL, 31);
  silent = make(CLOCK_REALTIME, SIGEV_NONE, 32);
  absolute = make(CLOCK_MONOTONIC, SIGEV_SIGNAL, 33);
  fires = make(CLOCK_BOOTTIME, SIGEV_SIGNAL, 34);
  set(with_value, 1000, 10, 0);
  set(silent, 2000, 0, 0);
  clock_gettime(CLOCK_MONOTONIC, &now);
  set(absolute, now.tv_sec + 3000, 30, TIMER_ABSTIME);
}

static void check(void) {
  siginfo_t info;
  sigset_t waited;
  left("timer with a value", with_value, 1000, 10);
  left("silent timer", silent, 2000, 0);
  left("absolute timer", absolute, 3000, 30);
  struct itimerspec soon = {.it_value.tv_nsec = 1000000};
  need(timer_settime(fires, 0, &soon, NULL), "timer_settime");
  sigemptyset(&waited);
  sigaddset(&waited, SIGRTMIN + 4);
  need(sigtimedwait(&waited, &info, &(struct timespec){.tv_sec = 10}), "the signal of a timer");
  same("value", info.si_value.sival_int, 34);
  same("code", info.si_code, SI_TIMER);
}
