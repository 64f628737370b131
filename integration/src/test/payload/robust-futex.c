/* Robust mutexes: who waits for a dead owner's hears that it has died. */
#include "payload.h"

PAYLOAD("threads and locks", "robust mutexes, whose owner dies afterwards");

static pthread_mutex_t *mutex;
static struct waiter owner;

static void take(void) { same("lock", pthread_mutex_lock(mutex), 0); }
static void die(void) { _exit(0); }

static void prepare(void) {
  pthread_mutexattr_t attributes;
  mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  need(-pthread_mutex_init(mutex, &attributes), "pthread_mutex_init");
  owner = waiter(take, die);
}

static void check(void) {
  same("trying the lock", pthread_mutex_trylock(mutex), EBUSY);
  goes_on("the owner", owner);
  same("lock of a dead owner", pthread_mutex_lock(mutex), EOWNERDEAD);
  need(-pthread_mutex_consistent(mutex), "pthread_mutex_consistent");
  same("unlock", pthread_mutex_unlock(mutex), 0);
}
