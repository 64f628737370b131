/* A unix socket whose name was removed. */
#include "sockets.h"

PAYLOAD("unix sockets", "a listener whose file was removed, with a connection that goes on");

static int listener, client, server;
static struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "gone"};

static void prepare(void) {
  listener = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(bind(listener, (void *)&name, sizeof name), "bind");
  need(listen(listener, 5), "listen");
  client = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(connect(client, (void *)&name, sizeof name), "connect");
  server = need(accept(listener, NULL, NULL), "accept");
  need(unlink("gone"), "unlink");
}

static void check(void) {
  same("the name", access("gone", F_OK), -1);
  send_all(client, "still", 5);
  receives("the connection", server, "still");
}
