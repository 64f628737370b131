/* What a thread holds in registers while it computes. */
#include "payload.h"
#include <math.h>

PAYLOAD("threads and locks", "registers in the middle of a computation: whole numbers, floating point, vectors");

static pthread_t threads[3];
static volatile bool stop;
static volatile long rounds[3];

typedef double vector __attribute__((vector_size(32)));

static void *whole(void *nothing) {
  while (!stop) {
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    for (int i = 0; i < 20000; i++) {
      a = a * 6364136223846793005ULL + b;
      b ^= a >> 7, c += b, d ^= c << 3, e += d ^ a, f = f * 31 + e;
    }
    static uint64_t first;
    uint64_t sum = a ^ b ^ c ^ d ^ e ^ f;
    if (first == 0) {
      first = sum;
    }
    same("whole numbers", sum, first);
    rounds[0]++;
  }
  return nothing;
}

static void *extended(void *nothing) {
  while (!stop) {
    long double sum = 0;
    for (int i = 1; i < 20000; i++) {
      sum += 1.0L / i;
    }
    static long double first;
    if (first == 0) {
      first = sum;
    }
    same("extended floating point", sum == first, 1);
    rounds[1]++;
  }
  return nothing;
}

static void *vectors(void *nothing) {
  while (!stop) {
    vector sum = {0, 1, 2, 3}, step = {0.1, 0.2, 0.3, 0.4};
    for (int i = 0; i < 20000; i++) {
      sum = sum * 0.999 + step;
    }
    static vector first;
    if (first[0] == 0) {
      first = sum;
    }
    for (int i = 0; i < 4; i++) {
      same("vectors", sum[i] == first[i], 1);
    }
    rounds[2]++;
  }
  return nothing;
}

static bool all_run(void) { return rounds[0] > 2 && rounds[1] > 2 && rounds[2] > 2; }

static void prepare(void) {
  void *(*const kinds[])(void *) = {whole, extended, vectors};
  for (int i = 0; i < 3; i++) {
    need(-pthread_create(&threads[i], NULL, kinds[i], NULL), "pthread_create");
  }
  until("all threads to compute", all_run);
}

static void check(void) {
  rounds[0] = rounds[1] = rounds[2] = 0;
  until("all threads to go on computing", all_run);
  stop = true;
  for (int i = 0; i < 3; i++) {
    pthread_join(threads[i], NULL);
  }
}
