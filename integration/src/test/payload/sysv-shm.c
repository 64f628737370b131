/* System V shared memory: attached, removed while attached, attached by nobody, read-only, locked. */
#include "payload.h"
#include <sys/shm.h>

PAYLOAD("System V IPC", "shared memory: attached by several, removed but attached, attached by nobody");

#define SIZE 300000

static int kept, removed, lonely;
static char *kept_at, *removed_at, *read_only;
static struct waiter other;

static void nothing(void) {}
static void read_it(void) {
  filled("what another process sees", kept_at, SIZE, 2);
  kept_at[0]++;
}

static void prepare(void) {
  kept = need(shmget(0x4c455401, SIZE, IPC_CREAT | IPC_EXCL | 0640), "shmget");
  removed = need(shmget(IPC_PRIVATE, SIZE, 0600), "shmget");
  lonely = need(shmget(0x4c455402, SIZE, IPC_CREAT | IPC_EXCL | 0604), "shmget");
  kept_at = shmat(kept, NULL, 0);
  removed_at = shmat(removed, NULL, 0);
  read_only = shmat(kept, NULL, SHM_RDONLY);
  char *lonely_at = shmat(lonely, NULL, 0);
  fill(kept_at, SIZE, 1);
  fill(removed_at, SIZE, 3);
  fill(lonely_at, SIZE, 4);
  need(shmdt(lonely_at), "shmdt");
  need(shmctl(removed, IPC_RMID, NULL), "IPC_RMID");
  other = waiter(nothing, read_it);
}

static void check(void) {
  struct shmid_ds status;
  filled("memory", kept_at, SIZE, 1);
  filled("the same, read-only", read_only, SIZE, 1);
  fill(kept_at, SIZE, 2);
  char first = kept_at[0];
  goes_on("the other process", other);
  same("what the other process wrote", kept_at[0], (char)(first + 1));
  filled("removed memory", removed_at, SIZE, 3);
  same("id by key", shmget(0x4c455401, 0, 0), kept);
  need(shmctl(kept, IPC_STAT, &status), "IPC_STAT");
  same("mode", status.shm_perm.mode & 0777, 0640);
  same("attached", status.shm_nattch, 2);
  char *lonely_at = shmat(lonely, NULL, 0);
  filled("memory that nobody had attached", lonely_at, SIZE, 4);
  shmctl(kept, IPC_RMID, NULL);
  shmctl(lonely, IPC_RMID, NULL);
}
