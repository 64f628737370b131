/* Descriptors of processes. */
#include "payload.h"
#include <poll.h>

PAYLOAD("event descriptors", "pidfd: of a child that lives, of one that is gone");

static int alive, gone;
static struct waiter process;

static void nothing(void) {}

static void prepare(void) {
  process = waiter(nothing, nothing);
  alive = need(syscall(SYS_pidfd_open, process.pid, 0), "pidfd_open");
  pid_t short_lived = child(nothing);
  gone = need(syscall(SYS_pidfd_open, short_lived, 0), "pidfd_open");
  ends_well("a child", short_lived);
}

static void check(void) {
  same("one that lives", poll(&(struct pollfd){alive, POLLIN, 0}, 1, 0), 0);
  need(syscall(SYS_pidfd_send_signal, alive, 0, NULL, 0), "pidfd_send_signal");
  send_all(process.go, "x", 1);
  same("its end", poll(&(struct pollfd){alive, POLLIN, 0}, 1, 10000), 1);
  same("signal to one that is gone", syscall(SYS_pidfd_send_signal, gone, 0, NULL, 0), -1);
  same("errno", errno, ESRCH);
  ends_well("the child", process.pid);
}
