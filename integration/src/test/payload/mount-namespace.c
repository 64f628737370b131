/* A process with mounts of its own, as services of systemd have them. */
#include "payload.h"
#include <sys/mount.h>

PAYLOAD("mounts", "a nested mount namespace: tmpfs, binds, read-only parts, shared and slave mounts");

static struct waiter process;
static int open_inside;

static void enclose(void) {
  need(unshare(CLONE_NEWNS), "unshare");
  need(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "slave");
  need(mount("private", "/mnt", "tmpfs", 0, "size=1m"), "mount");
  put("/mnt/secret", "hidden");
  need(mkdir("/mnt/bound", 0755), "mkdir");
  need(mkdir("/mnt/source", 0755), "mkdir");
  put("/mnt/source/file", "bound");
  need(mount("/mnt/source", "/mnt/bound", NULL, MS_BIND, NULL), "bind");
  need(mount(NULL, "/mnt/bound", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), "read-only");
  open_inside = need(open("/mnt/secret", O_RDWR), "secret");
}

static void is_enclosed(void) {
  char text[100];
  same_text("a file in the namespace", get("/mnt/secret", text, sizeof text), "hidden");
  receives("an open file in the namespace", open_inside, "hidden");
  same_text("a file of the bound folder", get("/mnt/bound/file", text, sizeof text), "bound");
  same("writing where it is read-only", open("/mnt/bound/new", O_CREAT | O_WRONLY, 0600), -1);
  same("errno", errno, EROFS);
}

static void prepare(void) { process = waiter(enclose, is_enclosed); }

static void check(void) {
  same("the file outside of the namespace", access("/mnt/secret", F_OK), -1);
  goes_on("the process", process);
}
