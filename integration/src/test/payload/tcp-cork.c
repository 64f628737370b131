/* An option of a TCP connection: data held back (TCP_CORK). */
#include "sockets.h"

PAYLOAD("socket options", "data held back (TCP_CORK)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5517);
  set_option(made.client, IPPROTO_TCP, TCP_CORK, 1);
}

static void check(void) { same("TCP_CORK", option(made.client, IPPROTO_TCP, TCP_CORK), 1); }
