/* A TCP connection that was not accepted yet. */
#include "sockets.h"

IMPOSSIBLE("TCP", "a connection that nobody has accepted yet", "pending-connection");

static int listener, client;

static void prepare(void) {
  listener = listening(AF_INET, 5410);
  client = connected(AF_INET, SOCK_STREAM, 5410);
  send_all(client, "early", 5);
}

static void check(void) {
  int server = need(accept(listener, NULL, NULL), "accept");
  receives("what came early", server, "early");
}
