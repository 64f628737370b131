/* A TCP connection that is being made: nobody answers. */
#include "sockets.h"

PAYLOAD("TCP", "SYN_SENT: a connection to somebody who does not answer");

static int fd;

static void prepare(void) {
  /* in the VPS's own network, where no other has this address */
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
  fd = need(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  same("connect", connect(fd, (void *)&address, sizeof address), -1);
  same("errno", errno, EINPROGRESS);
}

static void check(void) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int state = tcp_state(fd);
  if (state != TCP_SYN_SENT && state != TCP_CLOSE) {
    fails("state is %d", state);
  }
  if (state == TCP_CLOSE) {
    /* the peer may have been unreachable */
    need(getsockname(fd, (void *)&address, &size), "getsockname");
  }
}
