/*
 * pages MEBIBYTES ASK ANSWER: two processes with memory of every kind that an engine tells apart, each page different:
 * private, private with gaps, private and shared by fork until written to, anonymous shared, SysV, memfd. It reads single
 * letters from the fifo ASK: at 'v' both processes read everything again and "same" is written to the fifo ANSWER, or
 * what differs; at 't' one page in a thousand is read and "alive" is written.
 */
#define _GNU_SOURCE
#include "payload.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>

#define PAGE 4096
#define MEBIBYTE (1UL << 20)

struct region {
  const char *name;
  char *memory;
  size_t pages;
  size_t step; /* every which page is used */
  uint64_t seed;
};

enum { PRIVATE, SPARSE, FORKED, SHARED, SYSV, MEMFD, KINDS };

static struct region regions[KINDS];
static char problem[200] = "same\n";

static uint64_t next(uint64_t state) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^ state << 17;
}

/* Half of it does not compress. */
static void make_page(char *page, uint64_t seed) {
  uint64_t state = next(seed * 2654435761u + 88172645463325252ULL);
  for (int i = 0; i < PAGE / 2; i += 8) {
    state = next(state);
    memcpy(page + i, &state, 8);
  }
  memset(page + PAGE / 2, (int)(seed & 0x7f) + 1, PAGE / 2);
}

static uint64_t seed_of(const struct region *region, size_t page) {
  return region->seed << 32 | page;
}

static void fill(const struct region *region) {
  for (size_t page = 0; page < region->pages; page += region->step) {
    make_page(region->memory + page * PAGE, seed_of(region, page));
  }
}

static int is_same(const char *page, uint64_t seed) {
  char wanted[PAGE];
  make_page(wanted, seed);
  return memcmp(page, wanted, PAGE) == 0;
}

/* In the child every second page of the forked region was written to after the fork. */
static uint64_t seed_in(int child, int kind, size_t page) {
  uint64_t seed = seed_of(&regions[kind], page);
  return child && kind == FORKED && page % 2 ? seed ^ 1ULL << 60 : seed;
}

static int verify(int child, size_t stride) {
  for (int kind = 0; kind < KINDS; kind++) {
    const struct region *region = &regions[kind];
    for (size_t page = 0; page < region->pages; page += region->step * stride) {
      if (!is_same(region->memory + page * PAGE, seed_in(child, kind, page))) {
        snprintf(problem, sizeof problem, "differs: %s page %zu in %s\n", region->name, page, child ? "child" : "parent");
        return 0;
      }
    }
    if (region->step > 1 && region->memory[PAGE] != 0) {
      snprintf(problem, sizeof problem, "differs: %s has no gap\n", region->name);
      return 0;
    }
  }
  return 1;
}

static char *map(size_t length, int flags, int fd) {
  void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);
  need(memory == MAP_FAILED ? -1 : 0, "mmap");
  return memory;
}

static void region(int kind, const char *name, char *memory, size_t length, size_t step) {
  regions[kind] = (struct region){name, memory, length / PAGE, step, (uint64_t)kind + 1};
  fill(&regions[kind]);
}

static void prepare(size_t mebibytes) {
  int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  region(PRIVATE, "private", map(mebibytes * MEBIBYTE, anonymous, -1), mebibytes * MEBIBYTE, 1);
  region(SPARSE, "sparse", map(8 * MEBIBYTE, anonymous, -1), 8 * MEBIBYTE, 5);
  region(FORKED, "forked", map(4 * MEBIBYTE, anonymous, -1), 4 * MEBIBYTE, 1);
  region(SHARED, "shared", map(4 * MEBIBYTE, MAP_SHARED | MAP_ANONYMOUS, -1), 4 * MEBIBYTE, 1);
  int segment = (int)need(shmget(IPC_PRIVATE, 2 * MEBIBYTE, 0600), "shmget");
  void *sysv = shmat(segment, NULL, 0);
  need(sysv == (void *)-1 ? -1 : 0, "shmat");
  region(SYSV, "sysv", sysv, 2 * MEBIBYTE, 1);
  int memfd = (int)need(memfd_create("pages", 0), "memfd_create");
  need(ftruncate(memfd, 2 * MEBIBYTE), "ftruncate");
  region(MEMFD, "memfd", map(2 * MEBIBYTE, MAP_SHARED, memfd), 2 * MEBIBYTE, 1);
}

static void be_child(int requests, int answers) {
  const struct region *forked = &regions[FORKED];
  for (size_t page = 1; page < forked->pages; page += 2) {
    make_page(forked->memory + page * PAGE, seed_in(1, FORKED, page));
  }
  need(write(answers, "r", 1), "write");
  char request;
  while (need(read(requests, &request, 1), "read") == 1) {
    const char *said = verify(1, 1) ? "s" : "d";
    need(write(answers, said, 1), "write");
  }
  exit(0);
}

static char ask(int requests, int answers) {
  char answer;
  need(write(requests, "v", 1), "write");
  need(read(answers, &answer, 1), "read");
  return answer;
}

static int open_fifo(const char *path) {
  need(mkfifo(path, 0600), "mkfifo");
  return (int)need(open(path, O_RDWR), path); /* both ends: it never ends */
}

int main(int count, char **arguments) {
  if (count != 4) {
    return 2;
  }
  prepare(strtoul(arguments[1], NULL, 10));
  int requests[2], answers[2];
  need(pipe(requests), "pipe");
  need(pipe(answers), "pipe");
  if (need(fork(), "fork") == 0) {
    be_child(requests[0], answers[1]);
  }
  char letter;
  need(read(answers[0], &letter, 1), "read");
  int asked = open_fifo(arguments[2]);
  int said = open_fifo(arguments[3]);
  while (need(read(asked, &letter, 1), "read ASK") == 1) {
    if (letter == 't') {
      const char *word = verify(0, 1000) ? "alive\n" : problem;
      need(write(said, word, strlen(word)), "write ANSWER");
    } else {
      int same = verify(0, 1);
      const char *word = same && ask(requests[1], answers[0]) != 's' ? "differs: in the child\n" : problem;
      need(write(said, word, strlen(word)), "write ANSWER");
    }
  }
  return 0;
}
