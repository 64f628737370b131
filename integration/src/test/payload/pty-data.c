/* Bytes that wait in a terminal. */
#include "payload.h"
#include <termios.h>

PAYLOAD("terminals", "pty with unread data in both directions");

static int master, slave;

static void prepare(void) {
  struct termios modes;
  master = need(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
  unlockpt(master);
  slave = need(open(ptsname(master), O_RDWR | O_NOCTTY), "slave");
  need(tcgetattr(slave, &modes), "tcgetattr");
  cfmakeraw(&modes);
  tcsetattr(slave, TCSANOW, &modes);
  send_all(master, "typed", 5);
  send_all(slave, "printed", 7);
  fcntl(master, F_SETFL, O_NONBLOCK);
  fcntl(slave, F_SETFL, O_NONBLOCK);
}

static void check(void) {
  receives("what was typed", slave, "typed");
  receives("what was printed", master, "printed");
}
