/* A file that is open below a mount that was made later. */
#include "payload.h"
#include <sys/mount.h>

IMPOSSIBLE("mounts", "an open file under a later mount", "covered-file");

static int file;

static void prepare(void) {
  need(mkdir("point", 0755), "mkdir");
  put("point/below", "below");
  file = need(open("point/below", O_RDONLY), "below");
  need(mount("above", "point", "tmpfs", 0, NULL), "mount");
}

static void check(void) {
  receives("the file below", file, "below");
  need(umount2("point", MNT_DETACH), "umount");
}
