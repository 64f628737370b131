/* Children that have ended and that nobody has waited for. */
#include "payload.h"

PAYLOAD("processes", "zombie children, and with what they ended");

static pid_t returned, killed, lost;

static void with_seven(void) { _exit(7); }
static void wait_for_ever(void) { pause(); }
static void leave_orphan(void) {
  child(with_seven);
  pause();
}

static bool all_ended(void) {
  siginfo_t info = {.si_pid = 0};
  pid_t pids[] = {returned, killed};
  for (int i = 0; i < 2; i++) {
    info.si_pid = 0;
    if (waitid(P_PID, pids[i], &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
      return false;
    }
  }
  return true;
}

static void prepare(void) {
  returned = child(with_seven);
  killed = child(wait_for_ever);
  lost = child(leave_orphan);
  kill(killed, SIGKILL);
  until("the children to end", all_ended);
  sleeps(lost, -1);
}

static void check(void) {
  int status;
  same("zombie", waitpid(returned, &status, 0), returned);
  same("its status", status, 7 << 8);
  same("killed zombie", waitpid(killed, &status, 0), killed);
  same("its status", status & 0x7f, SIGKILL);
  same("parent of a zombie", waitpid(lost, &status, WNOHANG), 0);
  kill(lost, SIGTERM);
  same("parent of a zombie", waitpid(lost, &status, 0), lost);
}
