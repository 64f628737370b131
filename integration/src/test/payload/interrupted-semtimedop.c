/* A wait that a handler-less stop may interrupt, see signal(7): semop. */
#include "payload.h"
#include <sys/sem.h>

PAYLOAD("does not disturb", "waiting for a System V semaphore sees no EINTR");

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
  int set = need(semget(IPC_PRIVATE, 1, 0600), "semget");
  int result = semtimedop(set, &(struct sembuf){0, -1, 0}, 1, &(struct timespec){.tv_sec = 4});
  semctl(set, 0, IPC_RMID);
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
    fails("semop: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
