/* Huge pages. */
#include "payload.h"

PAYLOAD("memory", "huge pages, private and shared");

#define SIZE (2 << 20)

static char *private, *shared;

static char *map(int flags) {
  char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  if (at == MAP_FAILED) {
    absent("huge pages: %s", strerror(errno));
  }
  return at;
}

static void prepare(void) {
  private = map(MAP_PRIVATE);
  shared = map(MAP_SHARED);
  fill(private, SIZE, 13);
  fill(shared, SIZE, 14);
}

static void check(void) {
  filled("private", private, SIZE, 13);
  filled("shared", shared, SIZE, 14);
}
