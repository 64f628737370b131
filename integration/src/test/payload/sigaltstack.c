/* Stacks for signal handlers, one of them in use. */
#include "payload.h"

PAYLOAD("signals", "alternative signal stacks, unused and in use");

static struct waiter on_it;
static char stack[1 << 16], other[1 << 16];
static int to_child[2], to_parent[2];
static pid_t inside;
static volatile char *at;

static void note(int number) {
  (void)number;
  at = __builtin_frame_address(0);
}

static void stay(int number) {
  char byte;
  (void)number;
  send_all(to_parent[1], "i", 1);
  receive_all(to_child[0], &byte, 1);
}

static void set(void *base, void (*handler)(int)) {
  need(sigaltstack(&(stack_t){.ss_sp = base, .ss_size = 1 << 16}, NULL), "sigaltstack");
  need(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_ONSTACK}, NULL), "sigaction");
}

static void run_inside(void) {
  set(other, stay);
  raise(SIGUSR1);
  stack_t found;
  need(sigaltstack(NULL, &found), "sigaltstack");
  same("flags after the handler", found.ss_flags, 0);
}

static void before(void) { set(stack, note); }
static void after(void) {
  stack_t found;
  need(sigaltstack(NULL, &found), "sigaltstack");
  same("base", (long)found.ss_sp, (long)stack);
  same("size", found.ss_size, 1 << 16);
  raise(SIGUSR1);
  same("handler on its stack", at >= stack && at < stack + sizeof stack, 1);
}

static void prepare(void) {
  char byte;
  need(pipe(to_child), "pipe");
  need(pipe(to_parent), "pipe");
  inside = child(run_inside);
  receive_all(to_parent[0], &byte, 1);
  on_it = waiter(before, after);
}

static void check(void) {
  goes_on("the process", on_it);
  send_all(to_child[1], "x", 1);
  ends_well("the process inside a handler", inside);
}
