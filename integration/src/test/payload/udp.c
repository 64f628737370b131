/* UDP sockets of both families: bound, connected to each other. */
#include "sockets.h"

PAYLOAD("UDP and raw sockets", "UDP over IPv4 and IPv6: bound, connected");

static int four[2], six[2], lonely;

static void connect_pair(int family, int port, int fds[2]) {
  union address address;
  for (int i = 0; i < 2; i++) {
    fds[i] = bound(family, SOCK_DGRAM, port + i);
  }
  for (int i = 0; i < 2; i++) {
    need(connect(fds[i], &address.any, loopback(family, port + 1 - i, &address)), "connect");
  }
}

static void prepare(void) {
  connect_pair(AF_INET, 5600, four);
  connect_pair(AF_INET6, 5610, six);
  lonely = bound(AF_INET, SOCK_DGRAM, 5620);
  set_option(lonely, SOL_SOCKET, SO_BROADCAST, 1);
}

static void check(void) {
  for (int i = 0; i < 2; i++) {
    send_all(four[i], "four", 4);
    receives("over IPv4", four[1 - i], "four");
    send_all(six[i], "six", 3);
    receives("over IPv6", six[1 - i], "six");
  }
  same("SO_BROADCAST", option(lonely, SOL_SOCKET, SO_BROADCAST), 1);
  union address address;
  int sender = need(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  need(sendto(sender, "to you", 6, 0, &address.any, loopback(AF_INET, 5620, &address)), "sendto");
  receives("at the lonely one", lonely, "to you");
}
