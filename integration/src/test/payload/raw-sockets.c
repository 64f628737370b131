/* Sockets below TCP and UDP. */
#include "sockets.h"
#include <linux/if_ether.h>
#include <linux/if_packet.h>

PAYLOAD("UDP and raw sockets", "raw IP and packet sockets");

static int raw, packets, bound_packets;

static void prepare(void) {
  raw = need(socket(AF_INET, SOCK_RAW, 253), "raw");
  packets = need(socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ARP)), "packet");
  bound_packets = need(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), "packet");
  struct sockaddr_ll device = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP), .sll_ifindex = if_nametoindex("lo")};
  need(bind(bound_packets, (void *)&device, sizeof device), "bind");
  set_option(raw, IPPROTO_IP, IP_TTL, 9);
}

static void check(void) {
  struct sockaddr_ll found;
  socklen_t size = sizeof found;
  same("protocol", option(raw, SOL_SOCKET, SO_PROTOCOL), 253);
  need(getsockname(bound_packets, (void *)&found, &size), "getsockname");
  same("device", found.sll_ifindex, if_nametoindex("lo"));
  union address address;
  need(sendto(raw, "payload", 7, 0, &address.any, loopback(AF_INET, 0, &address)), "sendto");
  char text[100] = "";
  need(recv(raw, text, sizeof text, 0), "recv"); /* with its IP header */
  same_text("packet", text + 20, "payload");
  same("kind of the packet socket", option(packets, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
}
