/* Pipes: bytes inside, ends that are closed, sizes, flags. */
#include "payload.h"

PAYLOAD("pipes", "pipes with data, of another size, without a writer, without a reader");

#define HALF 100000

static int loaded[2], ended[2], orphaned[2];
static char bytes[HALF];

static void prepare(void) {
  need(pipe2(loaded, O_NONBLOCK), "pipe");
  need(fcntl(loaded[1], F_SETPIPE_SZ, 1 << 18), "F_SETPIPE_SZ");
  fill(bytes, HALF, 1);
  send_all(loaded[1], bytes, HALF);
  need(pipe(ended), "pipe");
  send_all(ended[1], "last words", 10);
  close(ended[1]);
  need(pipe(orphaned), "pipe");
  close(orphaned[0]);
  signal(SIGPIPE, SIG_IGN);
}

static void check(void) {
  char byte;
  same("size", fcntl(loaded[1], F_GETPIPE_SZ), 1 << 18);
  same("flags", fcntl(loaded[0], F_GETFL), O_NONBLOCK | O_RDONLY);
  memset(bytes, 0, HALF);
  receive_all(loaded[0], bytes, HALF);
  filled("bytes in the pipe", bytes, HALF, 1);
  same("an empty pipe", read(loaded[0], &byte, 1), -1);
  same("its errno", errno, EAGAIN);
  receives("what was in the pipe without a writer", ended[0], "last words");
  same("end of file", read(ended[0], &byte, 1), 0);
  same("writing without a reader", write(orphaned[1], "x", 1), -1);
  same("its errno", errno, EPIPE);
}
