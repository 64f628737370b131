/* A process whose working directory was removed. */
#include "payload.h"

PAYLOAD("files", "a working directory that was removed");

static struct waiter process;

static void stand(void) {
  need(mkdir("floor", 0755), "mkdir");
  need(chdir("floor"), "chdir");
  need(rmdir("../floor"), "rmdir");
}

static void still_stands(void) {
  char path[200];
  struct stat status;
  same("getcwd", getcwd(path, sizeof path) == NULL ? errno : 0, ENOENT);
  need(stat(".", &status), "stat .");
  same("kind", status.st_mode & S_IFMT, S_IFDIR);
  same("links", status.st_nlink, 0);
  same("making a file", open("new", O_CREAT | O_WRONLY, 0600) < 0 ? errno : 0, ENOENT);
}

static void prepare(void) { process = waiter(stand, still_stands); }

static void check(void) { goes_on("the process", process); }
