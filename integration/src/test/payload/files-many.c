/* Thousands of descriptors. */
#include "payload.h"
#include <sys/resource.h>

PAYLOAD("files", "three thousand descriptors in one process");

#define MANY 3000

static int files[MANY];

static void prepare(void) {
  struct rlimit limit;
  need(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  if (limit.rlim_max < MANY + 100) {
    absent("so many descriptors: %ld are allowed", (long)limit.rlim_max);
  }
  limit.rlim_cur = limit.rlim_max;
  need(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
  put("file", "0123456789");
  for (int i = 0; i < MANY; i++) {
    files[i] = need(open("file", O_RDONLY), "file");
    lseek(files[i], i % 10, SEEK_SET);
  }
}

static void check(void) {
  for (int i = 0; i < MANY; i++) {
    same("offset", lseek(files[i], 0, SEEK_CUR), i % 10);
  }
}
