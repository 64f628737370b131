/* Unix datagram and packet sockets: borders of messages, peers. */
#include "sockets.h"

PAYLOAD("unix sockets", "datagrams and sequenced packets: queued, connected, with the sender's address");

static int pair[2], packets[2], receiver, sender;
static struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "receiver"};
static struct sockaddr_un from = {.sun_family = AF_UNIX, .sun_path = "sender"};

static void message(const char *what, int fd, const char *text) {
  char found[100] = "";
  same(what, recv(fd, found, sizeof found, MSG_DONTWAIT), strlen(text));
  same_text(what, found, text);
}

static void prepare(void) {
  need(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), "socketpair");
  send_all(pair[0], "first", 5);
  send_all(pair[0], "second one", 10);
  need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, packets), "socketpair");
  send_all(packets[0], "packet", 6);
  send_all(packets[0], "p", 1);
  receiver = need(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
  need(bind(receiver, (void *)&to, sizeof to), "bind");
  sender = need(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
  need(bind(sender, (void *)&from, sizeof from), "bind");
  need(connect(sender, (void *)&to, sizeof to), "connect");
}

static void check(void) {
  message("first datagram", pair[1], "first");
  message("second datagram", pair[1], "second one");
  message("first packet", packets[1], "packet");
  message("second packet", packets[1], "p");
  send_all(sender, "by name", 7);
  struct sockaddr_un found;
  socklen_t size = sizeof found;
  char text[20] = "";
  need(recvfrom(receiver, text, sizeof text, 0, (void *)&found, &size), "recvfrom");
  same_text("text", text, "by name");
  same_text("sender", found.sun_path, "sender");
}
