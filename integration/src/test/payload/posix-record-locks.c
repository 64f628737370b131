/* Locks of parts of files, which belong to processes. */
#include "payload.h"

PAYLOAD("file locks", "POSIX record locks: ranges, kinds, owner");

static int file;
static struct waiter owner;

static struct flock lock(short type, long start, long length) {
  return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static void set(short type, long start, long length) {
  struct flock wanted = lock(type, start, length);
  need(fcntl(file, F_SETLK, &wanted), "F_SETLK");
}

static void own(void) {
  file = need(open("file", O_RDWR), "file");
  set(F_WRLCK, 100, 50);
  set(F_RDLCK, 200, 60);
}
static void end(void) {}

static struct flock in_the_way(short type, long start, long length) {
  struct flock found = lock(type, start, length);
  need(fcntl(file, F_GETLK, &found), "F_GETLK");
  return found;
}

static void prepare(void) {
  put("file", "0123456789");
  file = need(open("file", O_RDWR), "file");
  owner = waiter(own, end);
}

static void check_locks(void) {
  struct flock found = in_the_way(F_WRLCK, 0, 150);
  same("kind of the first lock", found.l_type, F_WRLCK);
  same("its start", found.l_start, 100);
  same("its length", found.l_len, 50);
  same("its owner", found.l_pid, owner.pid);
  same("kind of the second lock", in_the_way(F_WRLCK, 250, 10).l_type, F_RDLCK);
  same("reading beside it", in_the_way(F_RDLCK, 250, 10).l_type, F_UNLCK);
}

static void check(void) {
  check_locks();
  goes_on("the owner", owner);
  same("a lock whose owner has ended", in_the_way(F_WRLCK, 100, 50).l_type, F_UNLCK);
}
