/* An option of a TCP connection: how far packets go (IP_TTL). */
#include "sockets.h"

PAYLOAD("socket options", "how far packets go (IP_TTL)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5515);
  set_option(made.client, IPPROTO_IP, IP_TTL, 17);
}

static void check(void) { same("IP_TTL", option(made.client, IPPROTO_IP, IP_TTL), 17); }
