/* Sockets that only ping. */
#include "sockets.h"
#include <netinet/ip_icmp.h>

PAYLOAD("UDP and raw sockets", "ICMP sockets, which ping");

static int fd;

static void prepare(void) {
  fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
  if (fd < 0) {
    absent("ICMP sockets: %s", strerror(errno));
  }
  union address address;
  need(bind(fd, &address.any, loopback(AF_INET, 777, &address)), "bind");
}

static void check(void) {
  union address address;
  char answer[100];
  struct icmphdr echo = {.type = ICMP_ECHO};
  need(sendto(fd, &echo, sizeof echo, 0, &address.any, loopback(AF_INET, 0, &address)), "sendto");
  need(recv(fd, answer, sizeof answer, 0), "recv");
  same("kind of the answer", ((struct icmphdr *)answer)->type, ICMP_ECHOREPLY);
  same("its id, which is the port", ntohs(((struct icmphdr *)answer)->un.echo.id), 777);
}
