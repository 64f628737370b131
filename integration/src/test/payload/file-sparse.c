/* Offsets beyond 4 GiB, holes. */
#include "payload.h"

PAYLOAD("files", "a sparse file of 6 GiB: offset beyond 4 GiB, holes stay holes");

#define GIB (1L << 30)

static int file;

static void prepare(void) {
  file = need(open("sparse", O_CREAT | O_RDWR, 0600), "sparse");
  need(ftruncate(file, 6 * GIB), "ftruncate");
  need(lseek(file, 5 * GIB + 1, SEEK_SET), "lseek");
  send_all(file, "here", 4);
}

static void check(void) {
  struct stat status;
  char text[5] = "";
  same("offset", lseek(file, 0, SEEK_CUR), 5 * GIB + 5);
  need(pread(file, text, 4, 5 * GIB + 1), "pread");
  same_text("content", text, "here");
  need(fstat(file, &status), "fstat");
  same("size", status.st_size, 6 * GIB);
  same("few blocks", status.st_blocks < 1000, 1);
}
