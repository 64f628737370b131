/* A wait that a handler-less stop may interrupt, see signal(7): read of inotify. */
#include "payload.h"
#include <sys/inotify.h>

PAYLOAD("does not disturb", "reading inotify events sees no EINTR");

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
  char buffer[4096];
  int watch = need(inotify_init1(0), "inotify_init1");
  need(inotify_add_watch(watch, ".", IN_MOVED_TO), "inotify_add_watch");
  said(read(watch, buffer, sizeof buffer) > 0 ? 1 : -1, errno);
}

static void prepare(void) {
  need(pipe(answer), "pipe");
  process = child(wait_for_it);
  sleeps(process, -1);
}

static void check(void) {
  put("new", "");
  need(rename("new", "renamed"), "rename");
  receive_all(answer[0], &outcome, sizeof outcome);
  if (outcome.result != 1) {
    fails("read of inotify: %s", strerror(outcome.error));
  }
  ends_well("the process", process);
}
