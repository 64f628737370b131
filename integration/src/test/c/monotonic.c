/*
 * monotonic FILE: watches the clocks every 5 ms, and writes what it saw to FILE whenever it gets SIGUSR1.
 *
 * A suspension shows as a gap of the wall clock. CLOCK_MONOTONIC and CLOCK_BOOTTIME must go on from where they were:
 * never backwards, and without the time that nobody was there to see.
 */
#include "payload.h"
#include <signal.h>
#include <time.h>

static volatile sig_atomic_t asked;

static void on_signal(int number) {
  (void)number;
  asked = 1;
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  need(clock_gettime(clock, &time), "clock_gettime");
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 2) {
    return 2;
  }
  char new_name[200];
  snprintf(new_name, sizeof new_name, "%s.new", arguments[1]);
  signal(SIGUSR1, on_signal);
  const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_REALTIME};
  const int64_t start = now(CLOCK_MONOTONIC);
  int64_t last[3], longest[3] = {0, 0, 0}, ticks = 0, backwards = 0;
  for (int i = 0; i < 3; i++) {
    last[i] = now(clocks[i]);
  }
  while (1) {
    struct timespec pause = {0, 5000000};
    nanosleep(&pause, NULL);
    ticks++;
    for (int i = 0; i < 3; i++) {
      int64_t current = now(clocks[i]);
      int64_t gap = current - last[i];
      if (gap < 0 && i < 2) {
        backwards++;
      }
      if (gap > longest[i]) {
        longest[i] = gap;
      }
      last[i] = current;
    }
    if (asked) {
      asked = 0;
      FILE *file = fopen(new_name, "w");
      need(file ? 0 : -1, "fopen");
      fprintf(file, "ticks=%ld backwards=%ld ran_ms=%ld monotonic_gap_ms=%ld boottime_gap_ms=%ld realtime_gap_ms=%ld\n",
              (long)ticks, (long)backwards, (long)((last[0] - start) / 1000000), (long)(longest[0] / 1000000),
              (long)(longest[1] / 1000000), (long)(longest[2] / 1000000));
      fclose(file);
      need(rename(new_name, arguments[1]), "rename");
      longest[0] = longest[1] = longest[2] = 0;
    }
  }
}
