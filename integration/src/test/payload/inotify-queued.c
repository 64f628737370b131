/* Events that were not read yet. */
#include "payload.h"
#include <sys/inotify.h>

PAYLOAD("event descriptors", "inotify: events that are queued");

static int fd, watch;

static void prepare(void) {
  need(mkdir("watched", 0755), "mkdir");
  fd = need(inotify_init1(IN_NONBLOCK), "inotify_init1");
  watch = need(inotify_add_watch(fd, "watched", IN_CREATE), "inotify_add_watch");
  put("watched/early", "x");
}

static void check(void) {
  char buffer[4096] __attribute__((aligned(8)));
  need(read(fd, buffer, sizeof buffer), "read of inotify");
  struct inotify_event *event = (struct inotify_event *)buffer;
  same("watch", event->wd, watch);
  same_text("name", event->name, "early");
}
