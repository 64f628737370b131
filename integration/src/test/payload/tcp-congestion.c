/* An option of a TCP connection: which congestion control is used. */
#include "sockets.h"

PAYLOAD("socket options", "which congestion control is used");

static struct connection made;

static void prepare(void) {
  made = connection(AF_INET, 5513);
  if (setsockopt(made.client, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) < 0) {
    absent("reno: %s", strerror(errno));
  }
}

static void check(void) {
  char name[20] = "";
  socklen_t size = sizeof name;
  need(getsockopt(made.client, IPPROTO_TCP, TCP_CONGESTION, name, &size), "TCP_CONGESTION");
  same_text("TCP_CONGESTION", name, "reno");
}
