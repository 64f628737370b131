/* System V message queues with messages. */
#include "payload.h"
#include <sys/msg.h>

PAYLOAD("System V IPC", "message queues: types, order, sizes");

struct message {
  long type;
  char text[4000];
};

static int queue, empty;

static void put_message(long type, const char *text, size_t length) {
  static struct message message;
  message.type = type;
  memcpy(message.text, text, length);
  need(msgsnd(queue, &message, length, IPC_NOWAIT), "msgsnd");
}

static void next(long wanted, long type, const char *text, size_t length) {
  struct message message;
  same("length of a message", need(msgrcv(queue, &message, sizeof message.text, wanted, IPC_NOWAIT), "msgrcv"), length);
  same("type", message.type, type);
  same_bytes("text", message.text, text, length);
}

static char large[3500];

static void prepare(void) {
  queue = need(msgget(0x4c455404, IPC_CREAT | IPC_EXCL | 0606), "msgget");
  empty = need(msgget(IPC_PRIVATE, 0600), "msgget");
  fill(large, sizeof large, 5);
  put_message(3, "third", 5);
  put_message(1, "first", 5);
  put_message(3, large, sizeof large);
  put_message(9, "", 0);
}

static void check(void) {
  struct msqid_ds status;
  same("id by key", msgget(0x4c455404, 0), queue);
  need(msgctl(queue, IPC_STAT, &status), "IPC_STAT");
  same("messages", status.msg_qnum, 4);
  same("mode", status.msg_perm.mode & 0777, 0606);
  next(0, 3, "third", 5);
  next(3, 3, large, sizeof large);
  next(9, 9, "", 0);
  next(0, 1, "first", 5);
  need(msgctl(empty, IPC_STAT, &status), "IPC_STAT");
  same("messages of the empty queue", status.msg_qnum, 0);
  msgctl(queue, IPC_RMID, NULL);
  msgctl(empty, IPC_RMID, NULL);
}
