/* Unix stream sockets: pairs with data in both directions, half closed, named, abstract. */
#include "sockets.h"

PAYLOAD("unix sockets", "streams: data in both directions, half closed, without a peer, named and abstract, accepted");

static int pair[2], half[2], lonely[2], listener, client, server, abstract;
static struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "listener"};
static struct sockaddr_un hidden = {.sun_family = AF_UNIX, .sun_path = "\0payload-unix"};

static void prepare(void) {
  need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), "socketpair");
  send_all(pair[0], "to one", 6);
  send_all(pair[1], "to the other", 12);
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, half), "socketpair");
  send_all(half[0], "the end", 7);
  need(shutdown(half[0], SHUT_WR), "shutdown");
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, lonely), "socketpair");
  send_all(lonely[1], "left", 4);
  close(lonely[1]);
  listener = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(bind(listener, (void *)&name, sizeof name), "bind");
  need(listen(listener, 5), "listen");
  client = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(connect(client, (void *)&name, sizeof name), "connect");
  server = need(accept(listener, NULL, NULL), "accept");
  abstract = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(bind(abstract, (void *)&hidden, sizeof hidden), "bind");
  need(listen(abstract, 5), "listen");
}

static void check(void) {
  char byte;
  receives("one direction", pair[1], "to one");
  receives("the other direction", pair[0], "to the other");
  same("an empty socket", read(pair[0], &byte, 1), -1);
  same("errno", errno, EAGAIN);
  receives("a half closed one", half[1], "the end");
  ended("its end", half[1]);
  send_all(half[1], "back", 4);
  receives("the way back", half[0], "back");
  receives("what a gone peer has left", lonely[0], "left");
  ended("its end", lonely[0]);
  send_all(client, "hello", 5);
  receives("an accepted connection", server, "hello");
  for (int i = 0; i < 2; i++) {
    int other = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    need(connect(other, i ? (void *)&hidden : (void *)&name, sizeof name), "connect");
    int accepted = need(accept(i ? abstract : listener, NULL, NULL), "accept");
    send_all(accepted, "new", 3);
    receives("a new connection", other, "new");
  }
}
