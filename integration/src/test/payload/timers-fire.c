/* A timer that rings all the time: none is lost but for the time that the VPS was frozen. */
#include "payload.h"

PAYLOAD("does not disturb", "a periodic timer goes on ringing, and rings no storm afterwards");

#define PERIOD_MILLIS 50

static volatile sig_atomic_t rung;
static int64_t begin, before;

static void ring(int number) {
  (void)number;
  rung++;
}

static bool rings(void) { return rung > before + 5; }

static void prepare(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  struct itimerspec each = {.it_value.tv_nsec = PERIOD_MILLIS * 1000000, .it_interval.tv_nsec = PERIOD_MILLIS * 1000000};
  need(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = ring, .sa_flags = SA_RESTART}, NULL), "sigaction");
  need(timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
  begin = monotonic_millis();
  need(timer_settime(timer, 0, &each, NULL), "timer_settime");
  until("the timer to ring", rings);
}

static void check(void) {
  before = rung;
  until("the timer to ring again", rings);
  int64_t due = (monotonic_millis() - begin) / PERIOD_MILLIS;
  if (rung > due + 5) {
    fails("it rang %d times, where %ld were due", (int)rung, (long)due);
  }
}
