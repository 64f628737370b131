/* Memory that relatives share. */
#include "payload.h"

PAYLOAD("memory", "anonymous shared memory of parent and children");

#define SIZE (1 << 20)

static char *region;
static struct waiter children[3];

static void nothing(void) {}
static void write_there(void) {
  filled("what the parent wrote", region, SIZE / 2, 11);
  __atomic_add_fetch((int *)(region + SIZE - 8), 1, __ATOMIC_SEQ_CST);
}

static void prepare(void) {
  region = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  fill(region, SIZE / 2, 10);
  for (int i = 0; i < 3; i++) {
    children[i] = waiter(nothing, write_there);
  }
}

static void check(void) {
  filled("shared memory", region, SIZE / 2, 10);
  fill(region, SIZE / 2, 11);
  for (int i = 0; i < 3; i++) {
    goes_on("a child", children[i]);
  }
  same("what the children wrote", *(int *)(region + SIZE - 8), 3);
}
