/* Watches of files and folders. */
#include "payload.h"
#include <sys/inotify.h>

PAYLOAD("event descriptors", "inotify: watches of files and folders, their numbers and masks");

static int fd, folder, file;

static void prepare(void) {
  need(mkdir("watched", 0755), "mkdir");
  put("watched/file", "1");
  fd = need(inotify_init1(IN_NONBLOCK), "inotify_init1");
  inotify_rm_watch(fd, need(inotify_add_watch(fd, ".", IN_OPEN), "inotify_add_watch")); /* so that numbers have a gap */
  char buffer[1000];
  same("an event about that", read(fd, buffer, sizeof buffer) > 0, 1);
  folder = need(inotify_add_watch(fd, "watched", IN_CREATE | IN_DELETE), "inotify_add_watch");
  file = need(inotify_add_watch(fd, "watched/file", IN_MODIFY), "inotify_add_watch");
}

static void next(int watch, uint32_t mask, const char *name) {
  static char buffer[4096] __attribute__((aligned(8)));
  static ssize_t length, at;
  if (at >= length) {
    length = need(read(fd, buffer, sizeof buffer), "read of inotify");
    at = 0;
  }
  struct inotify_event *event = (struct inotify_event *)(buffer + at);
  at += sizeof *event + event->len;
  same("watch", event->wd, watch);
  same("event", event->mask, mask);
  same_text("name", event->len ? event->name : "", name);
}

static void check(void) {
  put("watched/new", "x");
  next(folder, IN_CREATE, "new");
  put("watched/file", "2");
  next(file, IN_MODIFY, "");
  unlink("watched/new");
  next(folder, IN_DELETE, "new");
}
