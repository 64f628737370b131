/* How much fits into a System V message queue. */
#include "payload.h"
#include <sys/msg.h>

PAYLOAD("System V IPC", "message queues: a limit of bytes that was set");

static int queue;

static void prepare(void) {
  struct msqid_ds status;
  queue = need(msgget(IPC_PRIVATE, 0600), "msgget");
  need(msgctl(queue, IPC_STAT, &status), "IPC_STAT");
  status.msg_qbytes = 8000;
  need(msgctl(queue, IPC_SET, &status), "IPC_SET");
}

static void check(void) {
  struct msqid_ds status;
  need(msgctl(queue, IPC_STAT, &status), "IPC_STAT");
  msgctl(queue, IPC_RMID, NULL);
  same("limit", status.msg_qbytes, 8000);
}
