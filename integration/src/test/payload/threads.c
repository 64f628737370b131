/* Threads: ids, storage of their own, names, signal masks, stacks. */
#include "payload.h"

PAYLOAD("processes", "threads: ids, thread-local storage, names, masks, registers");

#define THREADS 8

static pthread_t threads[THREADS];
static pthread_barrier_t begun, go;
static _Thread_local long own;

static void *run(void *argument) {
  long number = (long)argument;
  pid_t tid = syscall(SYS_gettid);
  char name[16], found[16];
  snprintf(name, sizeof name, "worker-%ld", number);
  prctl(PR_SET_NAME, name);
  sigset_t mask, mask_found;
  sigemptyset(&mask);
  sigaddset(&mask, SIGRTMIN + number);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  own = number * 7919;
  volatile double sum = number / 3.0;
  pthread_barrier_wait(&begun);
  pthread_barrier_wait(&go);
  same("thread id", syscall(SYS_gettid), tid);
  same("thread-local storage", own, number * 7919);
  prctl(PR_GET_NAME, found);
  same_text("name", found, name);
  pthread_sigmask(SIG_SETMASK, NULL, &mask_found);
  for (int signal = 1; signal < 65; signal++) {
    same("signal in the mask", sigismember(&mask_found, signal), sigismember(&mask, signal));
  }
  same("a sum", sum * 3 == number, 1);
  return argument;
}

static void prepare(void) {
  pthread_barrier_init(&begun, NULL, THREADS + 1);
  pthread_barrier_init(&go, NULL, THREADS + 1);
  for (long i = 0; i < THREADS; i++) {
    need(-pthread_create(&threads[i], NULL, run, (void *)i), "pthread_create");
  }
  pthread_barrier_wait(&begun);
}

static void check(void) {
  pthread_barrier_wait(&go);
  for (long i = 0; i < THREADS; i++) {
    void *result;
    need(-pthread_join(threads[i], &result), "pthread_join");
    same("result of a thread", (long)result, i);
  }
}
