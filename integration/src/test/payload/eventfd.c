/* Counters as descriptors. */
#include "payload.h"
#include <sys/eventfd.h>

PAYLOAD("event descriptors", "eventfd: counters and semaphores");

static int counter, semaphore;

static void prepare(void) {
  counter = need(eventfd(12345, EFD_NONBLOCK), "eventfd");
  semaphore = need(eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK), "eventfd");
}

static void check(void) {
  uint64_t value = 0;
  receive_all(counter, &value, 8);
  same("counter", value, 12345);
  for (int i = 0; i < 3; i++) {
    receive_all(semaphore, &value, 8);
    same("semaphore", value, 1);
  }
  same("empty semaphore", read(semaphore, &value, 8), -1);
  same("errno", errno, EAGAIN);
}
