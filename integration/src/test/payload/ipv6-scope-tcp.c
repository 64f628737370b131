/* Sockets at an address that counts on one device only. */
#include "sockets.h"
#include <ifaddrs.h>

IMPOSSIBLE("TCP", "a connection at an IPv6 link-local address", "scoped-connection");

static struct sockaddr_in6 own;
static int client, server;

static bool has_address(void) {
  struct ifaddrs *all;
  need(getifaddrs(&all), "getifaddrs");
  for (struct ifaddrs *each = all; each; each = each->ifa_next) {
    struct sockaddr_in6 *address = (void *)each->ifa_addr;
    if (address && address->sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) {
      own = *address;
      own.sin6_port = htons(5710);
      int fd = need(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
      bool usable = bind(fd, (void *)&own, sizeof own) == 0; /* not while it is tentative */
      close(fd);
      return usable;
    }
  }
  return false;
}

static void prepare(void) {
  until("a link-local address", has_address);
  int listener = need(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  need(bind(listener, (void *)&own, sizeof own), "bind");
  need(listen(listener, 3), "listen");
  client = need(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  need(connect(client, (void *)&own, sizeof own), "connect");
  server = need(accept(listener, NULL, NULL), "accept");
}

static void check(void) {
  send_all(client, "within the scope", 16);
  receives("the connection", server, "within the scope");
}
