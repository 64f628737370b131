/* Descriptors that only name a file, and files opened past the page cache. */
#include "payload.h"

PAYLOAD("files", "O_PATH descriptors of files and folders; O_DIRECT; O_SYNC");

static int path, folder, direct, synchronous;

static void prepare(void) {
  put("file", "content");
  need(mkdir("folder", 0755), "mkdir");
  put("folder/inside", "inside");
  path = need(open("file", O_PATH), "O_PATH");
  folder = need(open("folder", O_PATH | O_DIRECTORY), "O_PATH");
  direct = need(open("file", O_RDONLY | O_DIRECT), "O_DIRECT");
  synchronous = need(open("file", O_RDWR | O_SYNC), "O_SYNC");
}

static void check(void) {
  char byte;
  same("reading by O_PATH", read(path, &byte, 1), -1);
  same("errno", errno, EBADF);
  same("flags", fcntl(path, F_GETFL) & O_PATH, O_PATH);
  int inside = need(openat(folder, "inside", O_RDONLY), "openat");
  receives("a file beneath the folder", inside, "inside");
  same("O_DIRECT", fcntl(direct, F_GETFL) & O_DIRECT, O_DIRECT);
  same("O_SYNC", fcntl(synchronous, F_GETFL) & O_SYNC, O_SYNC);
}
