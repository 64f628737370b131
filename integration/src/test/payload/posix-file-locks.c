/* Locks of parts of files: those of processes and those of open files. */
#include "payload.h"

PAYLOAD("file locks", "POSIX record locks and open file description locks: ranges, kinds, owners");

static int file;
static struct waiter owner;

static struct flock lock(short type, long start, long length) {
  return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static void set(int fd, int command, short type, long start, long length) {
  struct flock wanted = lock(type, start, length);
  need(fcntl(fd, command, &wanted), "fcntl of a lock");
}

static void own(void) {
  set(file, F_SETLK, F_WRLCK, 100, 50);
  set(file, F_SETLK, F_RDLCK, 200, 60);
}
static void end(void) {}

static struct flock in_the_way(int command, short type, long start, long length) {
  struct flock found = lock(type, start, length);
  int fd = need(open("file", O_RDWR | O_CLOEXEC), "file");
  need(fcntl(command == F_OFD_GETLK ? fd : file, command, &found), "F_GETLK");
  close(fd);
  return found;
}

static void prepare(void) {
  put("file", "0123456789");
  file = need(open("file", O_RDWR), "file");
  owner = waiter(own, end);
  int ofd = need(open("file", O_RDWR), "file");
  set(ofd, F_OFD_SETLK, F_WRLCK, 300, 10);
}

static void check_locks(void) {
  struct flock found = in_the_way(F_GETLK, F_WRLCK, 0, 150);
  same("kind of the first lock", found.l_type, F_WRLCK);
  same("its start", found.l_start, 100);
  same("its length", found.l_len, 50);
  same("its owner", found.l_pid, owner.pid);
  same("kind of the second lock", in_the_way(F_GETLK, F_WRLCK, 250, 10).l_type, F_RDLCK);
  same("reading beside it", in_the_way(F_GETLK, F_RDLCK, 250, 10).l_type, F_UNLCK);
}

static void check(void) {
  check_locks();
  struct flock found = in_the_way(F_OFD_GETLK, F_WRLCK, 305, 1);
  same("kind of the lock of an open file", found.l_type, F_WRLCK);
  same("its start", found.l_start, 300);
  same("its owner, which is no process", found.l_pid, -1);
  goes_on("the owner", owner);
  same("a lock whose owner has ended", in_the_way(F_GETLK, F_WRLCK, 100, 50).l_type, F_UNLCK);
}
