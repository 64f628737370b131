/* The old way to hear of changes in a folder. */
#include "payload.h"

PAYLOAD("file locks", "dnotify: a signal when a folder changes");

static int folder;

static void prepare(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 8);
  sigprocmask(SIG_BLOCK, &set, NULL);
  need(mkdir("folder", 0755), "mkdir");
  folder = need(open("folder", O_RDONLY | O_DIRECTORY), "folder");
  need(fcntl(folder, F_SETSIG, SIGRTMIN + 8), "F_SETSIG");
  if (fcntl(folder, F_NOTIFY, DN_CREATE | DN_MULTISHOT) < 0) {
    absent("dnotify: %s", strerror(errno));
  }
}

static void check(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 8);
  put("folder/new", "");
  need(sigtimedwait(&set, NULL, &(struct timespec){.tv_sec = 2}), "the signal");
}
