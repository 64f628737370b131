/* A file whose name is gone while another leads to it. */
#include "payload.h"

PAYLOAD("files", "a deleted name of a file that has another one");

static int file;

static void prepare(void) {
  put("first", "content");
  file = need(open("first", O_RDWR), "first");
  need(link("first", "second"), "link");
  need(unlink("first"), "unlink");
}

static void check(void) {
  struct stat by_name, open_one;
  char text[100];
  need(stat("second", &by_name), "stat");
  need(fstat(file, &open_one), "fstat");
  same("inode", by_name.st_ino, open_one.st_ino);
  same("links", by_name.st_nlink, 1);
  same("the deleted name", access("first", F_OK), -1);
  need(pwrite(file, "CON", 3, 0), "pwrite");
  same_text("what the other name leads to", get("second", text, sizeof text), "CONtent");
}
