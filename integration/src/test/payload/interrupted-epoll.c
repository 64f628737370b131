/* A wait that a handler-less stop may interrupt, see signal(7): epoll_wait. */
#include "payload.h"
#include <sys/epoll.h>

PAYLOAD("does not disturb", "epoll_wait sees no EINTR");

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
  struct epoll_event event;
  int epoll = need(epoll_create1(0), "epoll_create1");
  need(epoll_ctl(epoll, EPOLL_CTL_ADD, quiet[0], &(struct epoll_event){.events = EPOLLIN}), "epoll_ctl");
  int result = epoll_wait(epoll, &event, 1, 4000);
  said(result == 0 ? 1 : -1, errno);
}

static void prepare(void) {
  need(pipe(answer), "pipe");
  need(pipe(quiet), "pipe");
  process = child(wait_for_it);
  sleeps(process, -1);
}

static void check(void) {
  receive_all(answer[0], &outcome, sizeof outcome);
  if (outcome.result != 1) {
    fails("epoll_wait: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
