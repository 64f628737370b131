/* Private memory: patterns, rights, holes, copy-on-write after fork. */
#include "payload.h"

PAYLOAD("memory", "private memory: content, rights of each part, copies shared after fork, the heap");

#define SIZE (8 << 20)
#define PAGE 4096

static char *region, *heap;
static struct waiter copy;

static int right(void *page) { /* by letting the kernel touch it */
  int fd[2];
  need(pipe(fd), "pipe");
  int readable = write(fd[1], page, 1) == 1;
  if (!readable) {
    send_all(fd[1], "x", 1);
  }
  int writable = read(fd[0], page, 1) == 1;
  close(fd[0]);
  close(fd[1]);
  return readable * 4 + writable * 2;
}

static void change(void) { fill(region + SIZE / 2, PAGE, 99); }
static void see(void) {
  filled("the child's copy", region, PAGE, 0);
  filled("what the child wrote", region + SIZE / 2, PAGE, 99);
}

static void prepare(void) {
  region = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int page = 0; page < SIZE / PAGE; page += 3) {
    fill(region + page * PAGE, PAGE, page);
  }
  heap = malloc(100000);
  fill(heap, 100000, 8);
  copy = waiter(change, see);
  need(mprotect(region + 3 * PAGE, PAGE, PROT_READ), "mprotect");
  need(mprotect(region + 6 * PAGE, PAGE, PROT_NONE), "mprotect");
  need(munmap(region + 9 * PAGE, PAGE), "munmap");
}

static void check(void) {
  same("rights of a page to read", right(region + 3 * PAGE), 4);
  same("rights of a page without any", right(region + 6 * PAGE), 0);
  same("rights of a hole", right(region + 9 * PAGE), 0);
  same("rights of a page", right(region), 6);
  need(mprotect(region + 6 * PAGE, PAGE, PROT_READ), "mprotect");
  for (int page = 12; page < SIZE / PAGE; page += 3) {
    filled("a page", region + page * PAGE, PAGE, page);
    if (page + 1 < SIZE / PAGE) {
      static const char zeros[PAGE];
      same_bytes("a page that was never written", region + (page + 1) * PAGE, zeros, PAGE);
    }
  }
  filled("a page without rights", region + 6 * PAGE, PAGE, 6);
  filled("the heap", heap, 100000, 8);
  goes_on("the child", copy);
}
