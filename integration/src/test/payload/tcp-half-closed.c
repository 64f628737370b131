/* TCP connections that one side, or both, have begun to close. */
#include "sockets.h"

PAYLOAD("TCP", "half closed: FIN_WAIT2 and CLOSE_WAIT, with data; the way back goes on");

static struct connection half, with_data;

static bool has_ended(void) { return tcp_state(half.client) == TCP_FIN_WAIT2 && tcp_state(with_data.client) == TCP_FIN_WAIT2; }

static void prepare(void) {
  half = connection(AF_INET, 5300);
  need(shutdown(half.client, SHUT_WR), "shutdown");
  with_data = connection(AF_INET, 5301);
  send_all(with_data.client, "last words", 10);
  need(shutdown(with_data.client, SHUT_WR), "shutdown");
  until("the ends to arrive", has_ended);
}

static void check(void) {
  same("state of who has closed", tcp_state(half.client), TCP_FIN_WAIT2);
  same("state of the other", tcp_state(half.server), TCP_CLOSE_WAIT);
  ended("the end", half.server);
  send_all(half.server, "way back", 8);
  receives("the way back", half.client, "way back");
  receives("data before the end", with_data.server, "last words");
  ended("the end after data", with_data.server);
  close(half.server);
  ended("the end of the way back", half.client);
}
