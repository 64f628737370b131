/* A POSIX message queue with messages. */
#include "payload.h"
#include <mqueue.h>

IMPOSSIBLE("POSIX IPC", "a POSIX message queue", "message-queue");

static mqd_t queue;

static void prepare(void) {
  struct mq_attr limits = {.mq_maxmsg = 5, .mq_msgsize = 64};
  queue = need(mq_open("/payload-posix-mq", O_CREAT | O_RDWR, 0600, &limits), "mq_open");
  need(mq_send(queue, "low", 3, 1), "mq_send");
  need(mq_send(queue, "high", 4, 9), "mq_send");
}

static void check(void) {
  char text[64] = "";
  unsigned int priority;
  same("length", mq_receive(queue, text, sizeof text, &priority), 4);
  same_text("first", text, "high");
  same("priority", priority, 9);
  mq_unlink("/payload-posix-mq");
}
