/* System V semaphores: values, and who waits. */
#include "payload.h"
#include <sys/sem.h>

PAYLOAD("System V IPC", "semaphores: values, modes, a process that waits");

static int set;
static pid_t waiting;

static void take(void) {
  int result;
  do {
    result = semop(set, &(struct sembuf){1, -1, 0}, 1);
  } while (result < 0 && errno == EINTR); /* semop is not restarted after a stop, see signal(7) */
  need(result, "semop");
}

static void prepare(void) {
  unsigned short values[] = {7, 0, 32767};
  set = need(semget(0x4c455403, 3, IPC_CREAT | IPC_EXCL | 0620), "semget");
  need(semctl(set, 0, SETALL, values), "SETALL");
  waiting = child(take);
  sleeps(waiting, -1);
}

static void check(void) {
  unsigned short values[3];
  struct semid_ds status;
  same("id by key", semget(0x4c455403, 0, 0), set);
  need(semctl(set, 0, GETALL, values), "GETALL");
  same("first", values[0], 7);
  same("second", values[1], 0);
  same("third", values[2], 32767);
  need(semctl(set, 0, IPC_STAT, &status), "IPC_STAT");
  same("mode", status.sem_perm.mode & 0777, 0620);
  need(semop(set, &(struct sembuf){1, 1, 0}, 1), "semop");
  ends_well("who waits", waiting);
  semctl(set, 0, IPC_RMID);
}
