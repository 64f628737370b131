/* Locks of whole files: exclusive, shared, inherited. */
#include "payload.h"
#include <sys/file.h>

PAYLOAD("file locks", "flock: exclusive, shared, inherited by a child; a process that waits for one");

static int exclusive, shared, other;
static struct waiter heir;
static pid_t waiting;

static void nothing(void) {}
static void let_go(void) { need(flock(exclusive, LOCK_UN), "LOCK_UN"); }
static void wait_for_it(void) {
  int fd = need(open("exclusive", O_RDWR), "exclusive");
  need(flock(fd, LOCK_EX), "LOCK_EX");
}

static void busy(const char *what, int fd, int kind) {
  same(what, flock(fd, kind | LOCK_NB), -1);
  same("errno", errno, EWOULDBLOCK);
}

static void prepare(void) {
  exclusive = need(open("exclusive", O_CREAT | O_RDWR, 0600), "exclusive");
  shared = need(open("shared", O_CREAT | O_RDWR, 0600), "shared");
  need(flock(exclusive, LOCK_EX), "LOCK_EX");
  need(flock(shared, LOCK_SH), "LOCK_SH");
  heir = waiter(nothing, let_go);
  waiting = child(wait_for_it);
  sleeps(waiting, SYS_flock);
}

static void check(void) {
  other = need(open("exclusive", O_RDWR), "exclusive");
  busy("an exclusive lock, taken again", other, LOCK_SH);
  int third = need(open("shared", O_RDWR), "shared");
  busy("a shared lock, taken exclusively", third, LOCK_EX);
  same("a shared lock, shared", flock(third, LOCK_SH | LOCK_NB), 0);
  goes_on("a child that lets go of the inherited lock", heir);
  ends_well("who waits for the lock", waiting);
  same("a lock that is free", flock(other, LOCK_EX | LOCK_NB), 0);
}
