/* What a process has done to a System V semaphore is undone when it dies, if it wished so. */
#include "payload.h"
#include <sys/sem.h>

PAYLOAD("System V IPC", "semaphores: undo at the end of a process");

static int set;
static struct waiter process;

static void take(void) { need(semop(set, &(struct sembuf){0, -3, SEM_UNDO}, 1), "semop"); }
static void end(void) {}

static void prepare(void) {
  set = need(semget(IPC_PRIVATE, 1, 0600), "semget");
  need(semctl(set, 0, SETVAL, 10), "SETVAL");
  process = waiter(take, end);
}

static void check(void) {
  same("value", semctl(set, 0, GETVAL), 7);
  goes_on("who has taken", process);
  int value = semctl(set, 0, GETVAL);
  semctl(set, 0, IPC_RMID);
  same("value after its end", value, 10);
}
