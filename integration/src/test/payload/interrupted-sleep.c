/* A wait that a handler-less stop may interrupt, see signal(7): nanosleep. */
#include "payload.h"

PAYLOAD("does not disturb", "sleeping sees no EINTR");

static struct outcome {
  int result;
  int error;
} outcome;
static int answer[2];
static pid_t process;

static void said(int result, int error) {
  outcome = (struct outcome){result, error};
  send_all(answer[1], &outcome, sizeof outcome);
}

static void wait_for_it(void) {
  struct timespec time = {.tv_sec = 4};
  int error = clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
  said(error == 0 ? 1 : -1, error);
}

static void prepare(void) {
  need(pipe(answer), "pipe");
  process = child(wait_for_it);
  sleeps(process, -1);
}

static void check(void) {
  receive_all(answer[0], &outcome, sizeof outcome);
  if (outcome.result != 1) {
    fails("nanosleep: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
