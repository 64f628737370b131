/* The devices that a VPS has. */
#include "payload.h"

PAYLOAD("files", "devices: null, zero, full, random, urandom");

static int null, zero, full, chance, more_chance;
static char *mapped;

static int device(const char *name) { return need(open(name, O_RDWR), name); }

static void prepare(void) {
  null = device("/dev/null");
  zero = device("/dev/zero");
  full = device("/dev/full");
  chance = device("/dev/random");
  more_chance = device("/dev/urandom");
  mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
  fill(mapped, 4096, 1);
}

static void check(void) {
  uint64_t first = 1, second = 1;
  same("reading null", read(null, &first, 8), 0);
  same("writing null", write(null, &first, 8), 8);
  receive_all(zero, &first, 8);
  same("zero", first, 0);
  same("writing full", write(full, &first, 8), -1);
  same("errno", errno, ENOSPC);
  receive_all(chance, &first, 8);
  receive_all(more_chance, &second, 8);
  same("chance twice", first == second, 0);
  filled("memory of zero", mapped, 4096, 1);
}
