/* A deleted file that is larger than what the engine takes by itself. */
#include "payload.h"

PAYLOAD("files", "a deleted file of 200 MiB, with holes");

#define SIZE (200L << 20)

static int file;

static void prepare(void) {
  file = need(open("gone", O_CREAT | O_RDWR, 0600), "gone");
  need(ftruncate(file, SIZE), "ftruncate");
  need(pwrite(file, "middle", 6, SIZE / 2), "pwrite");
  need(pwrite(file, "end", 3, SIZE - 3), "pwrite");
  need(unlink("gone"), "unlink");
}

static void check(void) {
  char text[7] = "";
  same("size", lseek(file, 0, SEEK_END), SIZE);
  need(pread(file, text, 6, SIZE / 2), "pread");
  same_text("middle", text, "middle");
  need(pread(file, text, 3, SIZE - 3), "pread");
  same_bytes("end", text, "end", 3);
}
