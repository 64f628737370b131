/* Options of TCP sockets. */
#include "sockets.h"

PAYLOAD("TCP", "options: keepalive and its times, no delay, buffers, low-water mark, out-of-band data inline");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5500);
  int fd = made.client;
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 123);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 45);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 6);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_SNDBUF, 50000);
  set_option(fd, SOL_SOCKET, SO_RCVBUF, 60000);
  set_option(fd, SOL_SOCKET, SO_OOBINLINE, 1);
  set_option(fd, SOL_SOCKET, SO_RCVLOWAT, 3);
}

static void check(void) {
  int fd = made.client;
  same("SO_KEEPALIVE", option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  same("TCP_KEEPIDLE", option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 123);
  same("TCP_KEEPINTVL", option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 45);
  same("TCP_KEEPCNT", option(fd, IPPROTO_TCP, TCP_KEEPCNT), 6);
  same("TCP_NODELAY", option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  same("SO_SNDBUF", option(fd, SOL_SOCKET, SO_SNDBUF), 100000);
  same("SO_RCVBUF", option(fd, SOL_SOCKET, SO_RCVBUF), 120000);
  same("SO_OOBINLINE", option(fd, SOL_SOCKET, SO_OOBINLINE), 1);
  same("SO_RCVLOWAT", option(fd, SOL_SOCKET, SO_RCVLOWAT), 3);
}
