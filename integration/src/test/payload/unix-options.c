/* Options of unix sockets, and whom they say is at the other end. */
#include "sockets.h"

PAYLOAD("unix sockets", "options: buffers, time limits, credentials wanted; the peer's credentials");

static int pair[2];

static void prepare(void) {
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  set_option(pair[0], SOL_SOCKET, SO_SNDBUF, 30000);
  set_option(pair[0], SOL_SOCKET, SO_RCVBUF, 40000);
  struct timeval limit = {.tv_sec = 7, .tv_usec = 500000};
  need(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "SO_RCVTIMEO");
  set_option(pair[1], SOL_SOCKET, SO_PASSCRED, 1);
}

static void check(void) {
  struct timeval limit;
  struct ucred peer;
  socklen_t size = sizeof limit;
  same("SO_SNDBUF", option(pair[0], SOL_SOCKET, SO_SNDBUF), 60000);
  same("SO_RCVBUF", option(pair[0], SOL_SOCKET, SO_RCVBUF), 80000);
  need(getsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, &size), "SO_RCVTIMEO");
  same("SO_RCVTIMEO", limit.tv_sec * 1000 + limit.tv_usec / 1000, 7500);
  same("SO_PASSCRED", option(pair[1], SOL_SOCKET, SO_PASSCRED), 1);
  size = sizeof peer;
  need(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size), "SO_PEERCRED");
  same("the peer's user", peer.uid, getuid());
}
