/* A descriptor of a symbolic link itself. */
#include "payload.h"

PAYLOAD("files", "O_PATH descriptor of a symbolic link itself");

static int fd;

static void prepare(void) {
  need(symlink("nowhere", "link"), "symlink");
  fd = need(open("link", O_PATH | O_NOFOLLOW), "O_PATH");
}

static void check(void) {
  char text[20] = "";
  need(readlinkat(fd, "", text, sizeof text), "readlinkat");
  same_text("where it leads", text, "nowhere");
}
