/* TCP sockets that listen, are bound, or are nothing yet. */
#include "sockets.h"

PAYLOAD("TCP", "listening, bound, unbound, with SO_REUSEPORT, both families at one port");

static int listener, bound_only, unbound, shared[2], dual;

static void prepare(void) {
  listener = listening(AF_INET, 5400);
  set_option(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);
  bound_only = bound(AF_INET, SOCK_STREAM, 5401);
  unbound = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  for (int i = 0; i < 2; i++) {
    union address address;
    shared[i] = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
    set_option(shared[i], SOL_SOCKET, SO_REUSEPORT, 1);
    need(bind(shared[i], &address.any, loopback(AF_INET, 5402, &address)), "bind");
    need(listen(shared[i], 3), "listen");
  }
  dual = need(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  set_option(dual, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(5403)};
  need(bind(dual, (void *)&any, sizeof any), "bind");
  need(listen(dual, 7), "listen");
}

static void check(void) {
  int client = connected(AF_INET, SOCK_STREAM, 5400);
  send_all(client, "hello", 5);
  int server = need(accept(listener, NULL, NULL), "accept");
  receives("a new connection", server, "hello");
  need(listen(bound_only, 1), "listen");
  client = connected(AF_INET, SOCK_STREAM, 5401);
  union address address;
  need(connect(unbound, &address.any, loopback(AF_INET, 5401, &address)), "connect");
  same("SO_REUSEPORT", option(shared[0], SOL_SOCKET, SO_REUSEPORT), 1);
  connected(AF_INET, SOCK_STREAM, 5402);
  connected(AF_INET, SOCK_STREAM, 5403);
  connected(AF_INET6, SOCK_STREAM, 5403);
  need(accept(dual, NULL, NULL), "accept");
  need(accept(dual, NULL, NULL), "accept");
}
