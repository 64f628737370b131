/* Credentials on their way through a socket. */
#include "sockets.h"

IMPOSSIBLE("unix sockets", "credentials in flight (SCM_CREDENTIALS)", "queued-credentials");

static int pair[2];

static void prepare(void) {
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  set_option(pair[1], SOL_SOCKET, SO_PASSCRED, 1);
  send_all(pair[0], "x", 1);
}

static void check(void) {
  char control[CMSG_SPACE(sizeof(struct ucred))], byte = 0;
  struct msghdr message = {.msg_iov = &(struct iovec){&byte, 1}, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  need(recvmsg(pair[1], &message, MSG_DONTWAIT), "recvmsg");
  same("byte", byte, 'x');
}
