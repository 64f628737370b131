/* What payloads of sockets share. */
#pragma once
#include "payload.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

/* An address of either family on the loopback device. */
union address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
};

static inline socklen_t loopback(int family, int port, union address *address) {
  memset(address, 0, sizeof *address);
  address->any.sa_family = family;
  if (family == AF_INET) {
    address->four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->four.sin_port = htons(port);
    return sizeof address->four;
  }
  address->six.sin6_addr = in6addr_loopback;
  address->six.sin6_port = htons(port);
  return sizeof address->six;
}

static inline int bound(int family, int type, int port) {
  union address address;
  int fd = need(socket(family, type, 0), "socket");
  int one = 1;
  need(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
  need(bind(fd, &address.any, loopback(family, port, &address)), "bind");
  return fd;
}

static inline int listening(int family, int port) {
  int fd = bound(family, SOCK_STREAM, port);
  need(listen(fd, 16), "listen");
  return fd;
}

static inline int connected(int family, int type, int port) {
  union address address;
  int fd = need(socket(family, type, 0), "socket");
  need(connect(fd, &address.any, loopback(family, port, &address)), "connect");
  return fd;
}

struct connection {
  int client;
  int server;
};

static inline struct connection connection(int family, int port) {
  int listener = listening(family, port);
  struct connection made = {.client = connected(family, SOCK_STREAM, port)};
  made.server = need(accept(listener, NULL, NULL), "accept");
  close(listener);
  return made;
}

static inline int tcp_state(int fd) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  need(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
  return info.tcpi_state;
}

static inline long option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  need(getsockopt(fd, level, name, &value, &size), "getsockopt");
  return value;
}

static inline void set_option(int fd, int level, int name, int value) {
  need(setsockopt(fd, level, name, &value, sizeof value), "setsockopt");
}

/* Fails unless nothing is there to be read; then reads the end of file. */
static inline void ended(const char *what, int fd) {
  char byte;
  same(what, read(fd, &byte, 1), 0);
}
