/* Sockets by which the kernel tells of devices. */
#include "sockets.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* Groups of which nothing is heard while the VPS is put up: unread words would keep it from being suspended. */
PAYLOAD("UDP and raw sockets", "netlink: bound, with groups");

static int fd;

static void prepare(void) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV6_PREFIX | RTMGRP_TC, .nl_pid = 4242};
  fd = need(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
  need(bind(fd, (void *)&address, sizeof address), "bind");
}

static void check(void) {
  struct sockaddr_nl found;
  socklen_t size = sizeof found;
  need(getsockname(fd, (void *)&found, &size), "getsockname");
  same("port", found.nl_pid, 4242);
  same("groups", found.nl_groups, RTMGRP_IPV6_PREFIX | RTMGRP_TC);
  struct {
    struct nlmsghdr header;
    struct ifinfomsg device;
  } ask = {{sizeof ask, RTM_GETLINK, NLM_F_REQUEST, 1, 0}, {.ifi_index = 1}};
  char answer[8192];
  send_all(fd, &ask, sizeof ask);
  need(recv(fd, answer, sizeof answer, 0), "recv");
}
