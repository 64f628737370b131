/* Memory protection keys. */
#include "payload.h"

PAYLOAD("memory", "memory protection keys");

static char *page;
static int key, pipes[2];

static void prepare(void) {
  key = pkey_alloc(0, 0);
  if (key < 0) {
    absent("protection keys: %s", strerror(errno));
  }
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fill(page, 4096, 16);
  need(pkey_mprotect(page, 4096, PROT_READ | PROT_WRITE, key), "pkey_mprotect");
  need(pipe(pipes), "pipe");
}

static void check(void) {
  filled("the page", page, 4096, 16);
  need(pkey_set(key, PKEY_DISABLE_ACCESS), "pkey_set");
  same("touching it", write(pipes[1], page, 1), -1);
  same("errno", errno, EFAULT);
}
