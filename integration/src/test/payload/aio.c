/* Asynchronous input and output of the kernel, with nothing in flight. */
#include "payload.h"
#include <linux/aio_abi.h>

PAYLOAD("files", "kernel AIO: a context, with results that nobody fetched");

static aio_context_t context;
static int file;

static void submit(char *text, long offset, uint64_t data) {
  struct iocb block = {
      .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = file, .aio_buf = (long)text, .aio_nbytes = 4, .aio_offset = offset, .aio_data = data};
  struct iocb *blocks[] = {&block};
  same("submitted", need(syscall(SYS_io_submit, context, 1, blocks), "io_submit"), 1);
}

static void prepare(void) {
  file = need(open("file", O_CREAT | O_RDWR, 0600), "file");
  if (syscall(SYS_io_setup, 8, &context) < 0) {
    absent("kernel AIO: %s", strerror(errno));
  }
  submit("asyn", 0, 17);
}

static void check(void) {
  struct io_event events[4];
  char text[9] = "";
  same("results", need(syscall(SYS_io_getevents, context, 1, 4, events, NULL), "io_getevents"), 1);
  same("data", events[0].data, 17);
  same("result", events[0].res, 4);
  submit("chro", 4, 18);
  same("results", need(syscall(SYS_io_getevents, context, 1, 4, events, NULL), "io_getevents"), 1);
  need(pread(file, text, 8, 0), "pread");
  same_text("file", text, "asynchro");
}
