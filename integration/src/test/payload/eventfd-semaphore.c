/* An event descriptor that is read one by one. */
#include "payload.h"
#include <sys/eventfd.h>

PAYLOAD("event descriptors", "eventfd: a semaphore");

static int semaphore;

static void prepare(void) { semaphore = need(eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK), "eventfd"); }

static void check(void) {
  uint64_t value;
  for (int i = 0; i < 3; i++) {
    receive_all(semaphore, &value, 8);
    same("semaphore", value, 1);
  }
  same("empty semaphore", read(semaphore, &value, 8), -1);
  same("errno", errno, EAGAIN);
}
