/* An option of a TCP connection: priority of packets (SO_PRIORITY). */
#include "sockets.h"

PAYLOAD("socket options", "priority of packets (SO_PRIORITY)");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5516);
  set_option(made.client, SOL_SOCKET, SO_PRIORITY, 4);
}

static void check(void) { same("SO_PRIORITY", option(made.client, SOL_SOCKET, SO_PRIORITY), 4); }
