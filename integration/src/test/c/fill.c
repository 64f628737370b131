/*
 * fill MEBIBYTES [MEBIBYTES_PER_SECOND]: takes that much memory and fills it, half of each page with random bytes and
 * half with one byte, and writes "ready". From then on it fills so much of it anew in each second, page after page. At
 * SIGUSR1 it reads all of it again: "same" if every byte is what it was last.
 */
#include "payload.h"
#include <errno.h>
#include <signal.h>
#include <time.h>

#define PAGE 4096
#define HALF (PAGE / 2)
#define SEED 88172645463325252ULL
#define TICKS 50 /* in a second */

static size_t pages;
static char *memory;
static uint32_t *generations; /* of each page */
static size_t next_page;

static uint64_t next(uint64_t state) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^ state << 17;
}

static void fill(char *page, size_t number) {
  uint64_t state = SEED ^ (number + 1) * 0x9e3779b97f4a7c15ULL ^ generations[number] * 0xd1b54a32d192ed03ULL;
  state |= 1;
  for (int i = 0; i < HALF; i += 8) {
    state = next(state);
    memcpy(page + i, &state, 8);
  }
  memset(page + HALF, 0x5a, HALF);
}

static void expect_same(void) {
  char page[PAGE];
  for (size_t i = 0; i < pages; i++) {
    fill(page, i);
    if (memcmp(memory + i * PAGE, page, PAGE) != 0) {
      differs("page %zu", i);
    }
  }
}

static void change(size_t count) {
  for (size_t i = 0; i < count; i++) {
    generations[next_page]++;
    fill(memory + next_page * PAGE, next_page);
    next_page = (next_page + 1) % pages;
  }
}

static void say(const char *word) {
  puts(word);
  fflush(stdout);
}

int main(int count, char **arguments) {
  if (count != 2 && count != 3) {
    return 2;
  }
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &asked, NULL);
  pages = (strtoul(arguments[1], NULL, 10) << 20) / PAGE;
  const size_t changed = count == 3 ? (strtoul(arguments[2], NULL, 10) << 20) / PAGE / TICKS : 0;
  memory = aligned_alloc(PAGE, pages * PAGE);
  generations = calloc(pages, sizeof *generations);
  need(memory && generations ? 0 : -1, "memory");
  for (size_t i = 0; i < pages; i++) {
    fill(memory + i * PAGE, i);
  }
  say("ready");
  const struct timespec tick = {.tv_nsec = 1000000000L / TICKS};
  while (1) {
    int got = changed > 0 ? sigtimedwait(&asked, NULL, &tick) : sigwaitinfo(&asked, NULL);
    if (got == SIGUSR1) {
      expect_same();
      say("same");
    } else if (got < 0 && errno != EAGAIN && errno != EINTR) {
      need(-1, "sigtimedwait");
    } else {
      change(changed);
    }
  }
}
