/* A wait that a handler-less stop may interrupt, see signal(7): sigtimedwait. */
#include "payload.h"

PAYLOAD("does not disturb", "waiting for a signal sees no EINTR");

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
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  int result = sigtimedwait(&set, NULL, &(struct timespec){.tv_sec = 4});
  said(result == -1 && errno == EAGAIN ? 1 : -1, errno);
}

static void prepare(void) {
  need(pipe(answer), "pipe");
  process = child(wait_for_it);
  sleeps(process, -1);
}

static void check(void) {
  receive_all(answer[0], &outcome, sizeof outcome);
  if (outcome.result != 1) {
    fails("sigtimedwait: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
