/* A writer that waits for room in a pipe. */
#include "payload.h"

PAYLOAD("pipes", "a full pipe with a writer that waits, no byte lost or twice");

#define SIZE (1 << 20)

static int ends[2];
static pid_t writer;
static char bytes[SIZE];

static void write_all(void) {
  fill(bytes, SIZE, 3);
  send_all(ends[1], bytes, SIZE);
}

static void prepare(void) {
  need(pipe(ends), "pipe");
  writer = child(write_all);
  sleeps(writer, SYS_write);
}

static void check(void) {
  receive_all(ends[0], bytes, SIZE);
  filled("what came through", bytes, SIZE, 3);
  ends_well("the writer", writer);
}
