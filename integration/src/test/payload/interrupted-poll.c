/* A wait that a handler-less stop may interrupt, see signal(7): poll. */
#include "payload.h"
#include <poll.h>

PAYLOAD("does not disturb", "poll sees no EINTR");

static struct outcome {
  int result;
  int error;
} outcome;
static int answer[2], quiet[2];
static pid_t process;

static void said(int result, int error) {
  outcome = (struct outcome){result, error};
  send_all(answer[1], &outcome, sizeof outcome);
}

static void wait_for_it(void) {
  int result = poll(&(struct pollfd){quiet[0], POLLIN, 0}, 1, -1);
  said(result == 1 ? 1 : -1, errno);
}

static void prepare(void) {
  need(pipe(answer), "pipe");
  need(pipe(quiet), "pipe");
  process = child(wait_for_it);
  sleeps(process, -1);
}

static void check(void) {
  send_all(quiet[1], "x", 1);
  receive_all(answer[0], &outcome, sizeof outcome);
  if (outcome.result != 1) {
    fails("poll: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
