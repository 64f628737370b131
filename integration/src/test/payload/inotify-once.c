/* A watch that ends with its first event. */
#include "payload.h"
#include <sys/inotify.h>

PAYLOAD("event descriptors", "inotify: a watch that is for once");

static int fd, watch;

static void prepare(void) {
  put("single", "1");
  fd = need(inotify_init1(IN_NONBLOCK), "inotify_init1");
  watch = need(inotify_add_watch(fd, "single", IN_ATTRIB | IN_ONESHOT), "inotify_add_watch");
}

static void check(void) {
  struct inotify_event events[4];
  need(chmod("single", 0600), "chmod");
  need(chmod("single", 0644), "chmod");
  same("bytes", need(read(fd, events, sizeof events), "read of inotify"), 2 * sizeof *events);
  same("watch", events[0].wd, watch);
  same("first event", events[0].mask, IN_ATTRIB);
  same("second event", events[1].mask, IN_IGNORED);
}
