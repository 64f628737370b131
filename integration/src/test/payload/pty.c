/* Terminals: modes, sizes, sessions, job control. */
#include "payload.h"
#include <sys/ioctl.h>
#include <termios.h>

PAYLOAD("terminals", "pty pairs: raw mode, window size, controlling terminal, foreground group, job control");

static int master, slave, session_master;
static struct waiter session;
static pid_t job;

static int open_master(void) {
  int fd = need(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt");
  need(grantpt(fd), "grantpt");
  need(unlockpt(fd), "unlockpt");
  return fd;
}

static void work(void) {
  signal(SIGTTOU, SIG_DFL);
  setpgid(0, 0);
  pause();
}

static void control(void) {
  setsid();
  int terminal = need(open(ptsname(session_master), O_RDWR), "slave");
  need(ioctl(terminal, TIOCSCTTY, 0), "TIOCSCTTY");
  job = child(work);
  setpgid(job, job);
  signal(SIGTTOU, SIG_IGN);
  need(tcsetpgrp(terminal, job), "tcsetpgrp");
}

static void in_control(void) {
  int status, terminal = need(open("/dev/tty", O_RDWR), "/dev/tty");
  same("session of the terminal", tcgetsid(terminal), getpid());
  same("foreground group", tcgetpgrp(terminal), job);
  need(waitpid(job, &status, 0), "waitpid");
  same("what the key for interrupts did to the job", status & 0x7f, SIGINT);
  need(tcsetpgrp(terminal, getpgrp()), "tcsetpgrp");
}

static void prepare(void) {
  struct termios modes;
  master = open_master();
  slave = need(open(ptsname(master), O_RDWR | O_NOCTTY), "slave");
  need(tcgetattr(slave, &modes), "tcgetattr");
  cfmakeraw(&modes);
  modes.c_cc[VMIN] = 3;
  need(tcsetattr(slave, TCSANOW, &modes), "tcsetattr");
  need(ioctl(master, TIOCSWINSZ, &(struct winsize){33, 111, 0, 0}), "TIOCSWINSZ");
  session_master = open_master();
  session = waiter(control, in_control);
}

static void check(void) {
  struct termios modes;
  struct winsize size;
  char name[30];
  need(tcgetattr(slave, &modes), "tcgetattr");
  same("echo", modes.c_lflag & (ECHO | ICANON | ISIG), 0);
  same("characters wanted", modes.c_cc[VMIN], 3);
  need(ioctl(slave, TIOCGWINSZ, &size), "TIOCGWINSZ");
  same("rows", size.ws_row, 33);
  same("columns", size.ws_col, 111);
  snprintf(name, sizeof name, "%s", ptsname(master));
  same_text("name", ttyname(slave), name);
  send_all(master, "raw\003", 4);
  receives("raw bytes", slave, "raw\003");
  send_all(slave, "back\n", 5);
  receives("the way back, unchanged", master, "back\n");
  send_all(session_master, "\003", 1);
  goes_on("the session", session);
}
