/* epoll over pipes and sockets: what is watched, how, with which data; one epoll inside another. */
#include "payload.h"
#include <sys/epoll.h>
#include <sys/socket.h>

PAYLOAD("event descriptors", "epoll: edge-triggered, one-shot, data; epoll of epoll");

static int outer, inner, edge[2], once[2], pair[2];

static void add(int epoll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static uint64_t next(int epoll) {
  struct epoll_event event;
  int count = need(epoll_wait(epoll, &event, 1, 0), "epoll_wait");
  return count == 0 ? 0 : event.data.u64;
}

static void prepare(void) {
  need(pipe(edge), "pipe");
  need(pipe(once), "pipe");
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  inner = need(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  outer = need(epoll_create1(0), "epoll_create1");
  add(inner, edge[0], EPOLLIN | EPOLLET, 0x1111111122222222);
  add(inner, once[0], EPOLLIN | EPOLLONESHOT, 0x3333);
  add(outer, inner, EPOLLIN, 0x4444);
  add(outer, pair[0], EPOLLIN | EPOLLRDHUP, 0x5555);
}

static void check(void) {
  same("what is ready", next(outer), 0);
  send_all(edge[1], "x", 1);
  same("what is ready", next(outer), 0x4444);
  same("the edge", next(inner), 0x1111111122222222);
  same("the edge again", next(inner), 0);
  send_all(once[1], "x", 1);
  same("what is told once", next(inner), 0x3333);
  send_all(once[1], "x", 1);
  same("what is told once, again", next(inner), 0);
  shutdown(pair[1], SHUT_WR);
  same("the socket", next(outer), 0x5555);
}
