/* What a process does on signals. */
#include "payload.h"

PAYLOAD("signals", "handlers with flags and masks, ignored signals");

static volatile sig_atomic_t got, value, blocked;

static void plain(int number) { got = number; }
static void with_info(int number, siginfo_t *info, void *context) {
  sigset_t now;
  (void)context;
  got = number;
  value = info->si_value.sival_int;
  sigprocmask(SIG_BLOCK, NULL, &now);
  blocked = sigismember(&now, SIGUSR1);
}

static void prepare(void) {
  struct sigaction with_mask = {.sa_sigaction = with_info, .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER};
  struct sigaction once = {.sa_handler = plain, .sa_flags = SA_RESETHAND};
  sigemptyset(&with_mask.sa_mask);
  sigaddset(&with_mask.sa_mask, SIGUSR1);
  need(sigaction(SIGRTMIN + 3, &with_mask, NULL), "sigaction");
  need(sigaction(SIGUSR2, &once, NULL), "sigaction");
  signal(SIGHUP, SIG_IGN);
}

static void check(void) {
  struct sigaction found;
  need(sigaction(SIGRTMIN + 3, NULL, &found), "sigaction");
  same("handler", (long)found.sa_sigaction, (long)with_info);
  same("flags", found.sa_flags & ~0x04000000 /* SA_RESTORER, of the C library */, SA_SIGINFO | SA_RESTART | SA_NODEFER);
  same("SIGUSR1 in the mask", sigismember(&found.sa_mask, SIGUSR1), 1);
  same("SIGINT in the mask", sigismember(&found.sa_mask, SIGINT), 0);
  need(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 42}), "sigqueue");
  same("signal", got, SIGRTMIN + 3);
  same("its value", value, 42);
  same("SIGUSR1 blocked meanwhile", blocked, 1);
  raise(SIGHUP);
  raise(SIGUSR2);
  same("signal", got, SIGUSR2);
  need(sigaction(SIGUSR2, NULL, &found), "sigaction");
  same("handler that is for once", (long)found.sa_handler, (long)SIG_DFL);
}
