/* A counter that has been filled beyond what fits into 32 bits. */
#include "payload.h"
#include <sys/eventfd.h>

PAYLOAD("event descriptors", "eventfd: a counter of more than 32 bits");

static int counter;

static void prepare(void) {
  uint64_t value = 0x123456789abc;
  counter = need(eventfd(0, EFD_NONBLOCK), "eventfd");
  send_all(counter, &value, 8);
}

static void check(void) {
  uint64_t value;
  receive_all(counter, &value, 8);
  same("counter", value, 0x123456789abc);
}
