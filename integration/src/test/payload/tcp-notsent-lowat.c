/* An option of a TCP connection: unsent data kept low (TCP_NOTSENT_LOWAT). */
#include "sockets.h"

PAYLOAD("socket options", "unsent data kept low (TCP_NOTSENT_LOWAT)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5518);
  set_option(made.client, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 5555);
}

static void check(void) { same("TCP_NOTSENT_LOWAT", option(made.client, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 5555); }
