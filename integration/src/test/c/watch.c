/*
 * watch DIR: prints a line for each file that is closed after writing in DIR, as inotify tells it.
 */
#include "payload.h"
#include <sys/inotify.h>

int main(int count, char **arguments) {
  if (count != 2) {
    return 2;
  }
  char buffer[4096] __attribute__((aligned(8)));
  int fd = need(inotify_init1(0), "inotify_init1");
  need(inotify_add_watch(fd, arguments[1], IN_CLOSE_WRITE), "inotify_add_watch");
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("watching\n");
  while (1) {
    ssize_t length = need(read(fd, buffer, sizeof buffer), "read");
    for (char *at = buffer; at < buffer + length;) {
      struct inotify_event *event = (struct inotify_event *)at;
      printf("saw %s\n", event->name);
      at += sizeof *event + event->len;
    }
  }
}
