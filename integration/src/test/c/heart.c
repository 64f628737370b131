/*
 * heart MIB FILE: beats, and holds MIB mebibytes of memory that nothing else can know.
 *
 * The memory is made of a seed that is drawn at the start, so a process that was started again is told from one that
 * went on. When it is ready, and at each SIGUSR1, all of it is compared, and "SEED BEATS ok", or what differs, is in FILE.
 */
#include "payload.h"
#include <signal.h>
#include <sys/random.h>
#include <time.h>

static volatile sig_atomic_t asked = 1; /* says that it is ready */

static void on_signal(int number) {
  (void)number;
  asked = 1;
}

static uint64_t next(uint64_t *state) { /* xorshift64 */
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

int main(int count, char **arguments) {
  if (count != 3) {
    return 2;
  }
  signal(SIGUSR1, on_signal);
  uint64_t seed, state, beats = 0;
  size_t words = strtoull(arguments[1], NULL, 10) << 17;
  need(getrandom(&seed, sizeof seed, 0), "getrandom");
  seed |= 1;
  uint64_t *memory = malloc(words * 8);
  need(memory ? 0 : -1, "malloc");
  state = seed;
  for (size_t i = 0; i < words; i++) {
    memory[i] = next(&state);
  }
  char temporary[200];
  snprintf(temporary, sizeof temporary, "%s.new", arguments[2]);
  while (1) {
    struct timespec pause = {0, 10000000};
    nanosleep(&pause, NULL);
    beats++;
    if (!asked) {
      continue;
    }
    asked = 0;
    size_t same = 0;
    state = seed;
    while (same < words && memory[same] == next(&state)) {
      same++;
    }
    FILE *file = fopen(temporary, "w");
    need(file ? 0 : -1, "fopen");
    if (same == words) {
      fprintf(file, "%016lx %ld ok\n", (unsigned long)seed, (long)beats);
    } else {
      fprintf(file, "%016lx %ld word %zu differs\n", (unsigned long)seed, (long)beats, same);
    }
    fclose(file);
    need(rename(temporary, arguments[2]), "rename");
  }
}
