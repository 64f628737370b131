/* Open files: offsets, flags, shared descriptions, high numbers. */
#include "payload.h"

PAYLOAD("files", "offsets, flags, descriptions shared by dup and fork, descriptors with high numbers");

static int file, copy, own, appended, high;
static struct waiter sharer;

static void nothing(void) {}
static void move(void) { need(lseek(file, 5, SEEK_CUR), "lseek"); }

static void prepare(void) {
  put("file", "0123456789abcdefghij");
  file = need(open("file", O_RDWR), "file");
  copy = need(dup(file), "dup");
  own = need(open("file", O_RDONLY | O_CLOEXEC | O_NOATIME), "file");
  appended = need(open("file", O_WRONLY | O_APPEND | O_NONBLOCK), "file");
  high = need(fcntl(own, F_DUPFD_CLOEXEC, 1000), "F_DUPFD");
  need(lseek(file, 3, SEEK_SET), "lseek");
  need(lseek(own, 7, SEEK_SET), "lseek");
  sharer = waiter(nothing, move);
}

static void check(void) {
  same("offset", lseek(file, 0, SEEK_CUR), 3);
  same("offset of the copy", lseek(copy, 0, SEEK_CUR), 3);
  same("another's offset", lseek(own, 0, SEEK_CUR), 7);
  same("number", high, 1000);
  goes_on("a child that moves the shared offset", sharer);
  same("offset that a child has moved", lseek(copy, 0, SEEK_CUR), 8);
  same("offset of the high one", lseek(high, 1, SEEK_CUR), 8);
  same("its original's", lseek(own, 0, SEEK_CUR), 8);
  same("flags", fcntl(own, F_GETFL) & (O_ACCMODE | O_NOATIME), O_RDONLY | O_NOATIME);
  same("flags of the descriptor", fcntl(own, F_GETFD), FD_CLOEXEC);
  same("flags of a plain one", fcntl(file, F_GETFD), 0);
  same("flags to append", fcntl(appended, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_WRONLY | O_APPEND | O_NONBLOCK);
  send_all(appended, "!", 1);
  same("size", lseek(copy, 0, SEEK_END), 21);
}
