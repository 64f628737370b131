/* A unix connection that was not accepted yet. */
#include "sockets.h"

PAYLOAD("unix sockets", "a connection that nobody has accepted yet");

static int listener, client;
static struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "listener"};

static void prepare(void) {
  listener = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(bind(listener, (void *)&name, sizeof name), "bind");
  need(listen(listener, 5), "listen");
  client = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(connect(client, (void *)&name, sizeof name), "connect");
}

static void check(void) {
  int server = need(accept(listener, NULL, NULL), "accept");
  send_all(client, "early", 5);
  receives("what came early", server, "early");
  send_all(server, "late", 4);
  receives("the answer", client, "late");
}
