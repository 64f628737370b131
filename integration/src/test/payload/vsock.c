/* A socket to the hypervisor. */
#include "sockets.h"

IMPOSSIBLE("other sockets", "a socket of the family vsock", "socket-family");

static int fd;

static void prepare(void) {
  fd = socket(AF_VSOCK, SOCK_STREAM, 0);
  if (fd < 0) {
    absent("vsock: %s", strerror(errno));
  }
}

static void check(void) { same("kind", option(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM); }
