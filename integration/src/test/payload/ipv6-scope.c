/* Sockets at an address that counts on one device only. */
#include "sockets.h"
#include <ifaddrs.h>

PAYLOAD("UDP and raw sockets", "IPv6 with a scope: UDP and a listener at the link-local address of the device");

static struct sockaddr_in6 own;
static int listener, datagrams;

static bool has_address(void) {
  struct ifaddrs *all;
  need(getifaddrs(&all), "getifaddrs");
  for (struct ifaddrs *each = all; each; each = each->ifa_next) {
    struct sockaddr_in6 *address = (void *)each->ifa_addr;
    if (address && address->sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) {
      own = *address;
      own.sin6_port = htons(5700);
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
  listener = need(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  need(bind(listener, (void *)&own, sizeof own), "bind");
  need(listen(listener, 3), "listen");
  datagrams = need(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
  need(bind(datagrams, (void *)&own, sizeof own), "bind");
}

static void check(void) {
  struct sockaddr_in6 found;
  socklen_t size = sizeof found;
  need(getsockname(datagrams, (void *)&found, &size), "getsockname");
  char name[IF_NAMESIZE];
  need(if_indextoname(found.sin6_scope_id, name) ? 0 : -1, "the device of the scope");
  same_text("device", name, "eth0");
  need(getsockname(listener, (void *)&found, &size), "getsockname");
  need(if_indextoname(found.sin6_scope_id, name) ? 0 : -1, "the device of the listener's scope");
  same_text("device of the listener", name, "eth0");
}
