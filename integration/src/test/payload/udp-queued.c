/* Datagrams that have arrived and not been read. */
#include "sockets.h"

PAYLOAD("UDP and raw sockets", "UDP: datagrams that are queued");

static int receiver;

static void prepare(void) {
  receiver = bound(AF_INET, SOCK_DGRAM, 5630);
  int sender = connected(AF_INET, SOCK_DGRAM, 5630);
  send_all(sender, "queued", 6);
  fcntl(receiver, F_SETFL, O_NONBLOCK);
}

static void check(void) { receives("datagram", receiver, "queued"); }
