/* Locks of parts of files that belong to the open file. */
#include "payload.h"

PAYLOAD("file locks", "open file description locks: range, kind, shared by relatives");

static int file;
static struct waiter heir;

static void nothing(void) {}
static void let_go(void) {
  struct flock lock = {.l_type = F_UNLCK, .l_start = 300, .l_len = 10};
  need(fcntl(file, F_OFD_SETLK, &lock), "F_OFD_SETLK");
}

static struct flock in_the_way(void) {
  struct flock found = {.l_type = F_WRLCK, .l_start = 305, .l_len = 1};
  int fd = need(open("file", O_RDWR | O_CLOEXEC), "file");
  need(fcntl(fd, F_OFD_GETLK, &found), "F_OFD_GETLK");
  close(fd);
  return found;
}

static void prepare(void) {
  struct flock lock = {.l_type = F_WRLCK, .l_start = 300, .l_len = 10};
  put("file", "0123456789");
  file = need(open("file", O_RDWR), "file");
  need(fcntl(file, F_OFD_SETLK, &lock), "F_OFD_SETLK");
  heir = waiter(nothing, let_go);
}

static void check(void) {
  struct flock found = in_the_way();
  same("kind", found.l_type, F_WRLCK);
  same("start", found.l_start, 300);
  same("length", found.l_len, 10);
  same("owner, which is no process", found.l_pid, -1);
  goes_on("a child that lets go", heir);
  same("kind afterwards", in_the_way().l_type, F_UNLCK);
}
