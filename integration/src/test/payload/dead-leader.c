/* A process whose first thread has ended while others go on. */
#include "payload.h"

IMPOSSIBLE("processes", "a process whose first thread has ended, while others go on", "dead-first-thread");

static int tell[2];
static pid_t process;

static void *survive(void *nothing) {
  char byte;
  receive_all(tell[0], &byte, 1);
  _exit(5);
  return nothing;
}

static void begin(void) {
  pthread_t thread;
  need(-pthread_create(&thread, NULL, survive, NULL), "pthread_create");
  syscall(SYS_exit, 0); /* this thread only */
}

static bool is_zombie(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", process);
  return field(path, "State")[0] == 'Z';
}

static void prepare(void) {
  need(pipe(tell), "pipe");
  process = child(begin);
  until("its first thread to end", is_zombie);
}

static void check(void) {
  int status;
  send_all(tell[1], "x", 1);
  need(waitpid(process, &status, 0), "waitpid");
  same("status", status, 5 << 8);
}
