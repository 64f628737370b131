/* A pipe that keeps the borders of what was written. */
#include "payload.h"

IMPOSSIBLE("pipes", "a pipe in packet mode", "packet-pipe");

static int ends[2];

static void prepare(void) {
  need(pipe2(ends, O_DIRECT), "pipe");
  send_all(ends[1], "one", 3);
  send_all(ends[1], "two", 3);
}

static void check(void) {
  char text[10];
  same("length of the first packet", read(ends[0], text, sizeof text), 3);
  same_bytes("first packet", text, "one", 3);
}
