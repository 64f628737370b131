/* A process with a root folder of its own. */
#include "payload.h"

PAYLOAD("files", "chroot, and a working directory below it");

static struct waiter process;

static void confine(void) {
  need(mkdir("jail", 0755), "mkdir");
  need(mkdir("jail/cell", 0755), "mkdir");
  put("jail/cell/note", "inside");
  need(chroot("jail"), "chroot");
  need(chdir("/cell"), "chdir");
}

static void is_confined(void) {
  char text[20], path[100];
  same_text("file by absolute path", get("/cell/note", text, sizeof text), "inside");
  same_text("file by relative path", get("note", text, sizeof text), "inside");
  same_text("working directory", getcwd(path, sizeof path), "/cell");
  same("reaching out", access("/../../proc/self", F_OK), -1);
}

static void prepare(void) { process = waiter(confine, is_confined); }

static void check(void) { goes_on("the process", process); }
