/* A netlink socket with an answer that nobody has read. */
#include "sockets.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

IMPOSSIBLE("UDP and raw sockets", "netlink with unread data", "netlink-data");

static int fd;

static void prepare(void) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg device;
  } ask = {{sizeof ask, RTM_GETLINK, NLM_F_REQUEST, 1, 0}, {.ifi_index = 1}};
  fd = need(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
  send_all(fd, &ask, sizeof ask);
}

static void check(void) {
  char answer[8192];
  need(recv(fd, answer, sizeof answer, MSG_DONTWAIT), "recv");
}
