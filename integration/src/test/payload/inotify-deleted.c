/* A watch of a file that was deleted while it is open. */
#include "payload.h"
#include <sys/inotify.h>

IMPOSSIBLE("event descriptors", "inotify: a watch of a file that is deleted and still open", "pathless-watch");

static int fd, file, watch;

static void prepare(void) {
  file = need(open("gone", O_CREAT | O_RDWR, 0600), "open");
  fd = need(inotify_init1(IN_NONBLOCK), "inotify_init1");
  watch = need(inotify_add_watch(fd, "gone", IN_MODIFY), "inotify_add_watch");
  need(unlink("gone"), "unlink");
}

static void check(void) {
  struct inotify_event event;
  send_all(file, "x", 1);
  receive_all(fd, &event, sizeof event);
  same("watch", event.wd, watch);
  same("event", event.mask, IN_MODIFY);
}
