/*
 * fill MEBIBYTES: takes that much memory and fills it, half of each page with random bytes and half with one byte, and
 * writes "ready". At SIGUSR1 it reads all of it again: "same" if every byte is what it was.
 */
#include "payload.h"
#include <signal.h>

#define PAGE 4096
#define HALF (PAGE / 2)
#define SEED 88172645463325252ULL

static uint64_t next(uint64_t state) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^ state << 17;
}

static void fill(char *page, uint64_t *state) {
  for (int i = 0; i < HALF; i += 8) {
    *state = next(*state);
    memcpy(page + i, state, 8);
  }
  memset(page + HALF, 0x5a, HALF);
}

static void expect_same(const char *memory, size_t length) {
  uint64_t state = SEED;
  char page[PAGE];
  for (size_t offset = 0; offset < length; offset += PAGE) {
    fill(page, &state);
    if (memcmp(memory + offset, page, PAGE) != 0) {
      differs("the page at offset %zu", offset);
    }
  }
}

static void say(const char *word) {
  puts(word);
  fflush(stdout);
}

int main(int count, char **arguments) {
  if (count != 2) {
    return 2;
  }
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &asked, NULL);
  const size_t length = strtoul(arguments[1], NULL, 10) << 20;
  char *memory = aligned_alloc(PAGE, length);
  need(memory ? 0 : -1, "aligned_alloc");
  uint64_t state = SEED;
  for (size_t offset = 0; offset < length; offset += PAGE) {
    fill(memory + offset, &state);
  }
  say("ready");
  while (1) {
    int signal;
    need(-sigwait(&asked, &signal), "sigwait");
    expect_same(memory, length);
    say("same");
  }
}
