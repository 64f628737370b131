/* Mutexes, conditions, barriers, read-write locks, semaphores, shared by processes. */
#include "payload.h"
#include <semaphore.h>

PAYLOAD("threads and locks", "POSIX mutex, condition, read-write lock, semaphores, shared by processes");

struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t condition;
  pthread_rwlock_t lock;
  sem_t semaphore;
  int turn;
};

static struct shared *shared;
static sem_t *named;
static pid_t waiting, reading, posting;

static void wait_for_turn(void) {
  pthread_mutex_lock(&shared->mutex);
  while (shared->turn != 1) {
    pthread_cond_wait(&shared->condition, &shared->mutex);
  }
  pthread_mutex_unlock(&shared->mutex);
}

static void read_locked(void) {
  pthread_rwlock_rdlock(&shared->lock);
  pthread_rwlock_unlock(&shared->lock);
}

static void wait_for_semaphore(void) { need(TEMP_FAILURE_RETRY(sem_wait(&shared->semaphore)), "sem_wait"); }

static void prepare(void) {
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  pthread_rwlockattr_t lock;
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_init(&mutex);
  pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &mutex);
  pthread_condattr_init(&condition);
  pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&shared->condition, &condition);
  pthread_rwlockattr_init(&lock);
  pthread_rwlockattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_init(&shared->lock, &lock);
  sem_init(&shared->semaphore, 1, 0);
  named = sem_open("/payload-posix-locks", O_CREAT, 0600, 5);
  need(named == SEM_FAILED ? -1 : 0, "sem_open");
  pthread_rwlock_wrlock(&shared->lock);
  waiting = child(wait_for_turn);
  reading = child(read_locked);
  posting = child(wait_for_semaphore);
  sleeps(waiting, SYS_futex);
  sleeps(reading, SYS_futex);
  sleeps(posting, SYS_futex);
}

static void check(void) {
  int value;
  pthread_mutex_lock(&shared->mutex);
  shared->turn = 1;
  pthread_cond_signal(&shared->condition);
  pthread_mutex_unlock(&shared->mutex);
  ends_well("who waits for a condition", waiting);
  pthread_rwlock_unlock(&shared->lock);
  ends_well("who waits to read", reading);
  sem_post(&shared->semaphore);
  ends_well("who waits for a semaphore", posting);
  sem_getvalue(named, &value);
  same("named semaphore", value, 5);
  sem_t *again = sem_open("/payload-posix-locks", 0);
  need(again == SEM_FAILED ? -1 : 0, "sem_open");
  sem_post(again);
  sem_getvalue(named, &value);
  same("named semaphore, posted by its name", value, 6);
  sem_unlink("/payload-posix-locks");
}
