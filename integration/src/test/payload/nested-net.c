/* A process with a network of its own. */
#include "payload.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

IMPOSSIBLE("namespaces", "a nested network namespace", "nested-net-namespace");

static struct waiter process;
static int server, client;

static void enclose(void) {
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(4000)};
  need(unshare(CLONE_NEWNET), "unshare");
  int listener = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(ioctl(listener, SIOCSIFFLAGS, &loopback), "SIOCSIFFLAGS");
  need(bind(listener, (void *)&address, sizeof address), "bind");
  need(listen(listener, 1), "listen");
  client = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(connect(client, (void *)&address, sizeof address), "connect");
  server = need(accept(listener, NULL, NULL), "accept");
}

static void goes_through(void) {
  send_all(client, "through", 7);
  receives("what goes through", server, "through");
}

static void prepare(void) { process = waiter(enclose, goes_through); }

static void check(void) { goes_on("the process", process); }
