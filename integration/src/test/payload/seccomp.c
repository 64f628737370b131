/* Filters of system calls: stacked, and on one thread only. A VPS has one already, so the strict mode is not to be had. */
#include "payload.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

PAYLOAD("credentials", "seccomp: stacked filters, one of a thread only");

static struct waiter filtered;
static pthread_t other;
static pthread_barrier_t go;

static void deny(long number, int error) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  need(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

static void expect(const char *what, long number, int error) {
  same(what, syscall(number, 0, 0, 0), error ? -1 : syscall(number, 0, 0, 0));
  if (error) {
    same(what, errno, error);
  }
}

static void *thread(void *nothing) {
  pthread_barrier_wait(&go);
  expect("a call that another thread may not", SYS_getpgid, 0);
  expect("a call that both may not", SYS_getppid, EXDEV);
  return nothing;
}

static void filter(void) {
  pthread_barrier_init(&go, NULL, 2);
  deny(SYS_getppid, EXDEV);
  need(-pthread_create(&other, NULL, thread, NULL), "pthread_create");
  deny(SYS_getpgid, EUCLEAN); /* this thread only */
}

static void are_filtered(void) {
  expect("first filter", SYS_getppid, EXDEV);
  expect("second filter", SYS_getpgid, EUCLEAN);
  pthread_barrier_wait(&go);
  need(-pthread_join(other, NULL), "pthread_join");
}

static void prepare(void) { filtered = waiter(filter, are_filtered); }

static void check(void) { goes_on("the filtered process", filtered); }
