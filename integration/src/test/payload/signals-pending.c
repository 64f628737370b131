/* Signals that wait because they are blocked: of the process and of one thread, with values, in order. */
#include "payload.h"

PAYLOAD("signals", "pending signals: of process and thread, real-time ones with values in order");

static sigset_t all;
static pthread_t thread;
static pthread_barrier_t begun, go;

static siginfo_t next(int wanted) {
  siginfo_t info;
  struct timespec none = {0};
  int number = sigtimedwait(&all, &info, &none);
  if (number < 0) {
    fails("signal %d is not pending", wanted);
  }
  same("signal", number, wanted);
  return info;
}

static void *other(void *nothing) {
  pthread_barrier_wait(&begun);
  pthread_barrier_wait(&go);
  sigset_t pending;
  sigpending(&pending);
  same("the thread's own signal", sigismember(&pending, SIGUSR2), 1);
  return nothing;
}

static void prepare(void) {
  sigemptyset(&all);
  sigaddset(&all, SIGUSR1);
  sigaddset(&all, SIGUSR2);
  sigaddset(&all, SIGTERM);
  sigaddset(&all, SIGRTMIN + 1);
  sigaddset(&all, SIGRTMIN + 5);
  need(pthread_sigmask(SIG_BLOCK, &all, NULL), "sigprocmask");
  pthread_barrier_init(&begun, NULL, 2);
  pthread_barrier_init(&go, NULL, 2);
  need(-pthread_create(&thread, NULL, other, NULL), "pthread_create");
  pthread_barrier_wait(&begun);
  need(-pthread_kill(thread, SIGUSR2), "pthread_kill");
  need(kill(getpid(), SIGUSR1), "kill");
  need(-pthread_kill(pthread_self(), SIGTERM), "pthread_kill");
  for (int i = 1; i <= 3; i++) {
    need(sigqueue(getpid(), SIGRTMIN + 5, (union sigval){.sival_int = i * 11}), "sigqueue");
  }
  need(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_ptr = &all}), "sigqueue");
}

static void check(void) {
  sigset_t pending;
  pthread_barrier_wait(&go);
  pthread_join(thread, NULL);
  sigpending(&pending);
  same("another thread's signal", sigismember(&pending, SIGUSR2), 0);
  next(SIGTERM); /* the thread's own come first */
  same("code of the process's", next(SIGUSR1).si_code, SI_USER);
  siginfo_t info = next(SIGRTMIN + 1);
  same("value", (long)info.si_value.sival_ptr, (long)&all);
  same("sender", info.si_pid, getpid());
  for (int i = 1; i <= 3; i++) {
    same("value in order", next(SIGRTMIN + 5).si_value.sival_int, i * 11);
  }
}
