/* TCP connections whose ends have said that they are done, and not all that they said has arrived. */
#include "sockets.h"

PAYLOAD("TCP", "closing: FIN_WAIT1 of both ends, FIN_WAIT2 and LAST_ACK, with data that has not arrived yet");

static struct connection both, last;
static size_t to_server, to_client, last_words;

static char pattern(size_t at) { return (char)(at * 7 + at / 251); }

/* Writes until nothing more fits. */
static size_t stuff(int fd) {
  char block[1000];
  size_t sent = 0;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  while (true) {
    for (size_t i = 0; i < sizeof block; i++) {
      block[i] = pattern(sent + i);
    }
    ssize_t count = write(fd, block, sizeof block);
    if (count < 0) {
      fcntl(fd, F_SETFL, 0);
      return sent;
    }
    sent += count;
  }
}

static void arrives(const char *what, int fd, size_t length) {
  char block[1000];
  size_t seen = 0;
  ssize_t count;
  while ((count = need(read(fd, block, sizeof block), what)) > 0) {
    for (ssize_t i = 0; i < count; i++) {
      if (block[i] != pattern(seen + i)) {
        fails("%s differs at byte %zu", what, seen + i);
      }
    }
    seen += count;
  }
  same(what, seen, length);
}

static bool is_so(void) {
  return tcp_state(both.client) == TCP_FIN_WAIT1 && tcp_state(both.server) == TCP_FIN_WAIT1 &&
         tcp_state(last.client) == TCP_FIN_WAIT2 && tcp_state(last.server) == TCP_LAST_ACK;
}

static bool is_half_closed(void) { return tcp_state(last.server) == TCP_CLOSE_WAIT; }

static void prepare(void) {
  both = connection(AF_INET, 5320);
  to_server = stuff(both.client);
  to_client = stuff(both.server);
  need(shutdown(both.client, SHUT_WR), "shutdown");
  need(shutdown(both.server, SHUT_WR), "shutdown");
  last = connection(AF_INET, 5321);
  last_words = stuff(last.server);
  need(shutdown(last.client, SHUT_WR), "shutdown");
  until("the end of the client", is_half_closed);
  need(shutdown(last.server, SHUT_WR), "shutdown");
  until("the states", is_so);
}

static void check(void) {
  arrives("what the client said", both.server, to_server);
  arrives("what the server said", both.client, to_client);
  ended("the end before the last words", last.server);
  arrives("the last words", last.client, last_words);
}
