/* Clocks that must not go backwards, nor see that time has passed. */
#include "payload.h"

PAYLOAD("timers", "monotonic and boot clocks go on where they stopped");


static struct timespec monotonic, boot;

static int64_t millis(struct timespec time) { return time.tv_sec * 1000LL + time.tv_nsec / 1000000; }

static void went_on(const char *what, clockid_t clock, struct timespec before) {
  struct timespec now;
  clock_gettime(clock, &now);
  int64_t passed = millis(now) - millis(before);
  if (passed < 0 || passed > 120000) {
    fails("%s clock went from %ld to %ld ms", what, (long)millis(before), (long)millis(now));
  }
}

static void prepare(void) {
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  clock_gettime(CLOCK_BOOTTIME, &boot);
}

static void check(void) {
  went_on("monotonic", CLOCK_MONOTONIC, monotonic);
  went_on("boot", CLOCK_BOOTTIME, boot);
  went_on("coarse", CLOCK_MONOTONIC_COARSE, monotonic);
}
