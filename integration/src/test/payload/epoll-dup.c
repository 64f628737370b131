/* epoll over a file that is known by another descriptor than the one it was added by. */
#include "payload.h"
#include <sys/epoll.h>

PAYLOAD("event descriptors", "epoll over a descriptor that was moved and closed");

static int epoll, ends[2], moved;

static void prepare(void) {
  need(pipe(ends), "pipe");
  epoll = need(epoll_create1(0), "epoll_create1");
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0xabcd};
  need(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), "epoll_ctl");
  moved = need(fcntl(ends[0], F_DUPFD, 200), "F_DUPFD");
  close(ends[0]);
}

static void check(void) {
  struct epoll_event event = {0};
  send_all(ends[1], "x", 1);
  same("what is ready", epoll_wait(epoll, &event, 1, 1000), 1);
  same("data", event.data.u64, 0xabcd);
  receives("the pipe", moved, "x");
}
