/* A deep stack, and one that grows afterwards. */
#include "payload.h"

PAYLOAD("memory", "a deep stack that goes on growing and shrinking");

static int begun[2], go[2];
static pid_t process;

__attribute__((noinline)) static long descend(int depth) {
  volatile char frame[1000];
  frame[0] = depth;
  frame[999] = depth >> 8;
  if (depth == 4000) {
    char byte;
    send_all(begun[1], "x", 1);
    receive_all(go[0], &byte, 1);
  }
  long sum = depth == 7000 ? 0 : descend(depth + 1);
  same("what a frame holds", (unsigned char)frame[0] | (unsigned char)frame[999] << 8, depth);
  return sum + depth;
}

static void run(void) { same("sum", descend(0), 7000L * 7001 / 2); }

static void prepare(void) {
  char byte;
  need(pipe(begun), "pipe");
  need(pipe(go), "pipe");
  process = child(run);
  receive_all(begun[0], &byte, 1);
}

static void check(void) {
  send_all(go[1], "x", 1);
  ends_well("the process", process);
}
