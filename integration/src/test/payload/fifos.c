/* Named pipes with data. */
#include "payload.h"

PAYLOAD("pipes", "fifos with data, with several readers and writers, deleted ones");

static int reader, writer, both, gone_reader, gone_writer;

static void prepare(void) {
  need(mkfifo("fifo", 0600), "mkfifo");
  need(mkfifo("gone", 0600), "mkfifo");
  reader = need(open("fifo", O_RDONLY | O_NONBLOCK), "fifo");
  writer = need(open("fifo", O_WRONLY), "fifo");
  both = need(open("fifo", O_RDWR), "fifo");
  send_all(writer, "in the fifo", 11);
  gone_reader = need(open("gone", O_RDONLY | O_NONBLOCK), "gone");
  gone_writer = need(open("gone", O_WRONLY), "gone");
  send_all(gone_writer, "deleted", 7);
  need(unlink("gone"), "unlink");
}

static void check(void) {
  char byte;
  receives("first part", reader, "in the");
  receives("second part", both, " fifo");
  same("an empty fifo", read(reader, &byte, 1), -1);
  same("errno", errno, EAGAIN);
  int other = need(open("fifo", O_WRONLY | O_NONBLOCK), "fifo");
  send_all(other, "late", 4);
  receives("what came by its name", reader, "late");
  receives("deleted fifo", gone_reader, "deleted");
}
