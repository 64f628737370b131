/* An option of a TCP connection: how long a close waits (SO_LINGER). */
#include "sockets.h"

PAYLOAD("socket options", "how long a close waits (SO_LINGER)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5511);
  need(setsockopt(made.client, SOL_SOCKET, SO_LINGER, &(struct linger){1, 17}, sizeof(struct linger)), "SO_LINGER");
}

static void check(void) {
  struct linger linger;
  socklen_t size = sizeof linger;
  need(getsockopt(made.client, SOL_SOCKET, SO_LINGER, &linger, &size), "SO_LINGER");
  same("SO_LINGER", linger.l_onoff, 1);
  same("its seconds", linger.l_linger, 17);
}
