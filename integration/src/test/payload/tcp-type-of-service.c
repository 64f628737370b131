/* An option of a TCP connection: type of service of packets (IP_TOS). */
#include "sockets.h"

PAYLOAD("socket options", "type of service of packets (IP_TOS)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5514);
  set_option(made.client, IPPROTO_IP, IP_TOS, 16);
}

static void check(void) { same("IP_TOS", option(made.client, IPPROTO_IP, IP_TOS), 16); }
