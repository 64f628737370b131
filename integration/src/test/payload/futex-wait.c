/* Many threads in many futexes, as language runtimes have them. */
#include "payload.h"

PAYLOAD("threads and locks", "two hundred threads that wait");

#define THREADS 200

static pthread_t threads[THREADS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int waiting, freed;
static bool free_all;

static void *wait_for_it(void *nothing) {
  pthread_mutex_lock(&mutex);
  waiting++;
  while (!free_all) {
    pthread_cond_wait(&condition, &mutex);
  }
  freed++;
  pthread_mutex_unlock(&mutex);
  return nothing;
}

static bool all_wait(void) {
  pthread_mutex_lock(&mutex);
  bool all = waiting == THREADS;
  pthread_mutex_unlock(&mutex);
  return all;
}

static void prepare(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 16);
  for (int i = 0; i < THREADS; i++) {
    need(-pthread_create(&threads[i], &attributes, wait_for_it, NULL), "pthread_create");
  }
  until("all threads to wait", all_wait);
}

static void check(void) {
  pthread_mutex_lock(&mutex);
  free_all = true;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < THREADS; i++) {
    need(-pthread_join(threads[i], NULL), "pthread_join");
  }
  same("threads that went on", freed, THREADS);
}
