/* TCP connections over IPv6, with unread data in both directions. */
#include "sockets.h"

PAYLOAD("TCP", "IPv6: established, unread data in both directions, more than fits");

#define LARGE 300000

static struct connection plain, loaded;
static char bytes[LARGE];
static size_t sent;

static void prepare(void) {
  plain = connection(AF_INET6, 5200);
  send_all(plain.client, "to the server", 13);
  send_all(plain.server, "to the client", 13);
  loaded = connection(AF_INET6, 5201);
  fill(bytes, LARGE, 1);
  fcntl(loaded.client, F_SETFL, O_NONBLOCK);
  for (ssize_t count; sent < LARGE && (count = write(loaded.client, bytes + sent, LARGE - sent)) > 0;) {
    sent += count;
  }
}

static void check(void) {
  same("state", tcp_state(plain.client), TCP_ESTABLISHED);
  receives("one direction", plain.server, "to the server");
  receives("the other direction", plain.client, "to the client");
  send_all(plain.client, "on", 2);
  receives("what comes afterwards", plain.server, "on");
  memset(bytes, 0, LARGE);
  receive_all(loaded.server, bytes, sent);
  filled("much data", bytes, sent & ~7UL, 1);
  close(plain.client);
  ended("the end", plain.server);
}
