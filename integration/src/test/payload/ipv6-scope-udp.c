/* A connected datagram socket at an address that counts on one device only. */
#include "sockets.h"
#include <ifaddrs.h>

IMPOSSIBLE("UDP and raw sockets", "a datagram socket that is connected to an IPv6 link-local address", "scoped-connection");

static struct sockaddr_in6 own;
static int sender, receiver;

static bool has_address(void) {
  struct ifaddrs *all;
  need(getifaddrs(&all), "getifaddrs");
  for (struct ifaddrs *each = all; each; each = each->ifa_next) {
    struct sockaddr_in6 *address = (void *)each->ifa_addr;
    if (address && address->sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) {
      own = *address;
      own.sin6_port = htons(5720);
      receiver = need(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
      if (bind(receiver, (void *)&own, sizeof own) == 0) {
        return true;
      }
      close(receiver); /* it is tentative */
    }
  }
  return false;
}

static void prepare(void) {
  until("a link-local address", has_address);
  sender = need(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
  need(connect(sender, (void *)&own, sizeof own), "connect");
}

static void check(void) {
  send_all(sender, "within the scope", 16);
  receives("the datagram", receiver, "within the scope");
}
