/* An address that the VPS's root has added, and a socket that is bound to it. */
#include "sockets.h"
#include <sys/ioctl.h>

PAYLOAD("namespaces", "an address that the VPS has given itself, and a connection over it");

static int server, client;

static void prepare(void) {
  struct ifreq request = {.ifr_name = "lo:9"};
  struct sockaddr_in *address = (void *)&request.ifr_addr;
  address->sin_family = AF_INET;
  inet_pton(AF_INET, "10.9.9.9", &address->sin_addr);
  int listener = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(ioctl(listener, SIOCSIFADDR, &request), "SIOCSIFADDR");
  address->sin_port = htons(5800);
  need(bind(listener, &request.ifr_addr, sizeof *address), "bind");
  need(listen(listener, 1), "listen");
  client = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(connect(client, &request.ifr_addr, sizeof *address), "connect");
  server = need(accept(listener, NULL, NULL), "accept");
}

static void check(void) {
  send_all(client, "over it", 7);
  receives("the connection", server, "over it");
}
