/* An option of a TCP connection: when a silent peer is given up (TCP_USER_TIMEOUT). */
#include "sockets.h"

PAYLOAD("socket options", "when a silent peer is given up (TCP_USER_TIMEOUT)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5512);
  set_option(made.client, IPPROTO_TCP, TCP_USER_TIMEOUT, 34567);
}

static void check(void) { same("TCP_USER_TIMEOUT", option(made.client, IPPROTO_TCP, TCP_USER_TIMEOUT), 34567); }
