/* POSIX shared memory, by name and without. */
#include "payload.h"

PAYLOAD("POSIX IPC", "shared memory objects: named, and mapped but unlinked");

#define SIZE 200000

static char *named, *unlinked;

static char *make(const char *name, int seed) {
  int fd = need(shm_open(name, O_CREAT | O_RDWR, 0600), "shm_open");
  need(ftruncate(fd, SIZE), "ftruncate");
  char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  fill(at, SIZE, seed);
  return at;
}

static void prepare(void) {
  named = make("/payload-named", 6);
  unlinked = make("/payload-unlinked", 7);
  need(shm_unlink("/payload-unlinked"), "shm_unlink");
}

static void check(void) {
  filled("named", named, SIZE, 6);
  filled("unlinked", unlinked, SIZE, 7);
  int fd = need(shm_open("/payload-named", O_RDWR, 0), "shm_open");
  need(pwrite(fd, "changed", 8, 0), "pwrite");
  same_text("what was written by its name", named, "changed");
  shm_unlink("/payload-named");
}
