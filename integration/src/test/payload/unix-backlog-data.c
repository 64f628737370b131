/* A unix connection that was not accepted yet, whose client has already spoken. */
#include "sockets.h"

IMPOSSIBLE("unix sockets", "a connection that nobody has accepted yet, with data", "pending-connection");

static int listener, client;
static struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "listener"};

static void prepare(void) {
  listener = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(bind(listener, (void *)&name, sizeof name), "bind");
  need(listen(listener, 5), "listen");
  client = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(connect(client, (void *)&name, sizeof name), "connect");
  send_all(client, "early", 5);
}

static void check(void) {
  int server = need(accept(listener, NULL, NULL), "accept");
  receives("what came early", server, "early");
  send_all(server, "late", 4);
  receives("the answer", client, "late");
}
