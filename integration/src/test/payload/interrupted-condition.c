/* A wait that a handler-less stop may interrupt, see signal(7): futex. */
#include "payload.h"

PAYLOAD("does not disturb", "waiting for a condition variable sees no EINTR");

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
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 4;
  pthread_mutex_lock(&mutex);
  int error = pthread_cond_timedwait(&condition, &mutex, &end);
  said(error == ETIMEDOUT ? 1 : -1, error);
}

static void prepare(void) {
  need(pipe(answer), "pipe");
  process = child(wait_for_it);
  sleeps(process, -1);
}

static void check(void) {
  receive_all(answer[0], &outcome, sizeof outcome);
  if (outcome.result != 1) {
    fails("futex: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
