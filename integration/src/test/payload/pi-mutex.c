/* Mutexes that lend the waiter's priority to the owner: the kernel knows both. */
#include "payload.h"

PAYLOAD("threads and locks", "priority-inheriting mutexes, held and waited for");

static pthread_mutex_t mutex;
static pthread_t thread;
static volatile pid_t tid;

static void *wait_for_it(void *nothing) {
  tid = syscall(SYS_gettid);
  int error = pthread_mutex_lock(&mutex);
  if (error == 0) {
    error = pthread_mutex_unlock(&mutex);
  }
  (void)nothing;
  return (void *)(long)error;
}

static bool has_begun(void) { return tid != 0; }

static void prepare(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  need(-pthread_mutex_init(&mutex, &attributes), "pthread_mutex_init");
  same("lock", pthread_mutex_lock(&mutex), 0);
  need(-pthread_create(&thread, NULL, wait_for_it, NULL), "pthread_create");
  until("the thread to begin", has_begun);
  sleeps(tid, SYS_futex);
}

static void check(void) {
  void *error;
  same("trying the lock", pthread_mutex_trylock(&mutex), EBUSY);
  same("unlock", pthread_mutex_unlock(&mutex), 0);
  need(-pthread_join(thread, &error), "pthread_join");
  same("what the other thread's lock says", (long)error, 0);
}
