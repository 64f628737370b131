/* TCP over several paths. */
#include "sockets.h"

IMPOSSIBLE("other sockets", "a socket of the protocol MPTCP", "socket-protocol");

static int fd;

static void prepare(void) {
  fd = socket(AF_INET, SOCK_STREAM, 262);
  if (fd < 0) {
    absent("MPTCP: %s", strerror(errno));
  }
}

static void check(void) { same("kind", option(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM); }
