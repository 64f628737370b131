/* Mounts that a VPS's root has made in the VPS. */
#include "payload.h"
#include <sys/mount.h>

PAYLOAD("mounts", "bind mounts of files and folders, mounts in mounts");

static void prepare(void) {
  need(mkdir("folder", 0755), "mkdir");
  need(mkdir("point", 0755), "mkdir");
  put("folder/file", "bound");
  put("file", "alone");
  put("target", "covered");
  need(mount("folder", "point", NULL, MS_BIND, NULL), "bind");
  need(mount("file", "target", NULL, MS_BIND, NULL), "bind");
  need(mkdir("point/inner", 0755), "mkdir");
  need(mount("inner", "point/inner", "tmpfs", 0, "mode=711"), "mount");
  put("point/inner/deep", "deep");
}

static void check(void) {
  char text[20];
  same_text("a bound folder", get("point/file", text, sizeof text), "bound");
  same_text("a bound file", get("target", text, sizeof text), "alone");
  same_text("a mount in a mount", get("point/inner/deep", text, sizeof text), "deep");
  need(umount("point/inner"), "umount");
  need(umount("point"), "umount");
  need(umount("target"), "umount");
  same_text("what lay below", get("target", text, sizeof text), "covered");
}
