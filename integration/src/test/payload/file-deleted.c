/* Files that are open and have no name any more. */
#include "payload.h"

PAYLOAD("files", "deleted files: content, offset, mode, owner, one opened twice, one made without a name");

static int file, again, unnamed;
static char bytes[5000];

static void prepare(void) {
  file = need(open("gone", O_CREAT | O_RDWR, 0640), "gone");
  again = need(open("gone", O_RDONLY), "gone");
  need(fchown(file, 123, 456), "fchown");
  fill(bytes, sizeof bytes, 1);
  send_all(file, bytes, sizeof bytes);
  need(unlink("gone"), "unlink");
  unnamed = need(open(".", O_TMPFILE | O_RDWR, 0600), "O_TMPFILE");
  send_all(unnamed, "no name", 7);
}

static void check(void) {
  struct stat status;
  same("offset", lseek(file, 0, SEEK_CUR), sizeof bytes);
  memset(bytes, 0, sizeof bytes);
  receive_all(again, bytes, sizeof bytes);
  filled("content", bytes, sizeof bytes, 1);
  need(pwrite(file, "new", 3, 0), "pwrite");
  need(pread(again, bytes, 3, 0), "pread");
  same_bytes("what one wrote and the other reads", bytes, "new", 3);
  need(fstat(file, &status), "fstat");
  same("links", status.st_nlink, 0);
  same("mode", status.st_mode & 0777, 0640);
  same("owner", status.st_uid, 123);
  same("group", status.st_gid, 456);
  same("name", access("gone", F_OK), -1);
  need(lseek(unnamed, 0, SEEK_SET), "lseek");
  receives("file without a name", unnamed, "no name");
}
