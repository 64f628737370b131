/* A TCP connection that both sides have closed. */
#include "sockets.h"

PAYLOAD("TCP", "both sides closed: TIME_WAIT is left behind, its port is free afterwards");

static struct connection both;

static void prepare(void) {
  both = connection(AF_INET, 5310);
  close(both.client);
  ended("the end", both.server);
  close(both.server);
}

static void check(void) {
  struct connection again = connection(AF_INET, 5310);
  send_all(again.client, "again", 5);
  receives("a new connection at the same port", again.server, "again");
}
