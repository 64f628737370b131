/* Counters as descriptors. */
#include "payload.h"
#include <sys/eventfd.h>

PAYLOAD("event descriptors", "eventfd: counters");

static int counter, zero;

static void prepare(void) {
  counter = need(eventfd(12345, EFD_NONBLOCK), "eventfd");
  zero = need(eventfd(0, EFD_NONBLOCK), "eventfd");
}

static void check(void) {
  uint64_t value = 0;
  receive_all(counter, &value, 8);
  same("counter", value, 12345);
  same("empty counter", read(zero, &value, 8), -1);
  same("errno", errno, EAGAIN);
}
