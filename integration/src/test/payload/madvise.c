/* Advice that changes what memory does. */
#include "payload.h"

PAYLOAD("memory", "madvise: not inherited, wiped on fork, not dumped");

#define PAGE 4096

static char *not_inherited, *wiped, *not_dumped;

static char *page(int advice) {
  char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fill(at, PAGE, advice);
  need(madvise(at, PAGE, advice), "madvise");
  return at;
}

static void look(void) {
  int fd[2];
  need(pipe(fd), "pipe");
  same("what is not inherited", write(fd[1], not_inherited, 1), -1);
  same("errno", errno, EFAULT);
  same("what is wiped", wiped[0] | wiped[100], 0);
}

static void prepare(void) {
  not_inherited = page(MADV_DONTFORK);
  wiped = page(MADV_WIPEONFORK);
  not_dumped = page(MADV_DONTDUMP);
}

static void check(void) {
  filled("what is not inherited", not_inherited, PAGE, MADV_DONTFORK);
  filled("what is wiped on fork", wiped, PAGE, MADV_WIPEONFORK);
  filled("what is not dumped", not_dumped, PAGE, MADV_DONTDUMP);
  ends_well("the child", child(look));
}
