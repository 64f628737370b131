/* A terminal whose other end is gone. */
#include "payload.h"

PAYLOAD("terminals", "a terminal that has hung up");

static int slave;

static void prepare(void) {
  int master = need(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
  unlockpt(master);
  slave = need(open(ptsname(master), O_RDWR | O_NOCTTY), "slave");
  close(master);
}

static void check(void) {
  char byte;
  same("end of input", read(slave, &byte, 1), 0);
  same("output", write(slave, "x", 1), -1);
  same("errno", errno, EIO);
}
