/* File systems in memory: they are part of the memory that is saved. */
#include "payload.h"
#include <sys/mount.h>
#include <sys/xattr.h>

PAYLOAD("mounts", "tmpfs: content, owners, modes, links, holes, sizes of mounts, also of one's own");

static char bytes[30000];

static void fill_folder(const char *folder) {
  need(chdir(folder), "chdir");
  fill(bytes, sizeof bytes, 1);
  int fd = need(open("big", O_CREAT | O_RDWR, 0604), "big");
  send_all(fd, bytes, sizeof bytes);
  close(fd);
  need(chown("big", 11, 22), "chown");
  need(symlink("big", "link"), "symlink");
  need(link("big", "second"), "link");
  need(mkfifo("fifo", 0600), "mkfifo");
  need(mkdir("folder", 01733), "mkdir");
  need(chmod("folder", 01733), "chmod");
  put("folder/inside", "inside");
  need(chdir("/"), "chdir");
}

static void check_folder(const char *folder) {
  struct stat status;
  char text[20];
  need(chdir(folder), "chdir");
  memset(bytes, 0, sizeof bytes);
  int fd = need(open("second", O_RDONLY), "second");
  receive_all(fd, bytes, sizeof bytes);
  filled("content", bytes, sizeof bytes, 1);
  need(stat("link", &status), "link");
  same("mode", status.st_mode & 0777, 0604);
  same("owner", status.st_uid, 11);
  same("group", status.st_gid, 22);
  same("links", status.st_nlink, 2);
  need(stat("folder", &status), "folder");
  same("mode of a folder", status.st_mode & 07777, 01733);
  same_text("a file below", get("folder/inside", text, sizeof text), "inside");
  need(stat("fifo", &status), "fifo");
  same("kind", status.st_mode & S_IFMT, S_IFIFO);
}

static void prepare(void) {
  need(mkdir("/run/payload-tmpfs", 0755), "mkdir");
  fill_folder("/run/payload-tmpfs");
  need(mkdir("/run/payload-own", 0755), "mkdir");
  need(mount("own", "/run/payload-own", "tmpfs", MS_NOSUID, "size=10m,mode=700"), "mount");
  fill_folder("/run/payload-own");
}

static void check(void) {
  check_folder("/run/payload-tmpfs");
  check_folder("/run/payload-own");
  char text[20000];
  same("the mount with its size", strstr(get("/proc/self/mountinfo", text, sizeof text), "size=10240k,mode=700") != NULL, 1);
  need(chdir("/"), "chdir");
  need(umount2("/run/payload-own", MNT_DETACH), "umount");
}
