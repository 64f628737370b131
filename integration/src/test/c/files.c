/*
 * files make DIR | files check DIR: everything that a file can be, made and compared bit by bit.
 *
 * Owners, modes, times, extended attributes, file capabilities, hard links, holes, long names, fifos, links, device
 * numbers are not among them: a VPS cannot make nodes.
 */
#include "payload.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define GIB (1LL << 30)

/* A capability set as setcap writes it: cap_net_bind_service, permitted and effective. */
static const struct vfs_cap_data capability = {
    .magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
    .data = {{.permitted = 1 << CAP_NET_BIND_SERVICE, .inheritable = 0}, {.permitted = 0, .inheritable = 0}},
};
static const struct timespec times[2] = {{1234567890, 111222333}, {1300000000, 987654321}};
static const char binary_value[] = "a\0b\nc\xff";
static char long_name[256];

static void make_file(const char *name, const char *content) {
  int fd = need(open(name, O_CREAT | O_EXCL | O_WRONLY, 0600), name);
  need(write(fd, content, strlen(content)), "write");
  close(fd);
}

static void make(void) {
  make_file("owned", "mine\n");
  need(chown("owned", 1234, 2345), "chown");
  need(chmod("owned", 06751), "chmod"); /* after chown, which takes the set-id bits away */
  make_file("attributes", "");
  need(setxattr("attributes", "user.letargo", binary_value, sizeof binary_value, 0), "setxattr user");
  need(setxattr("attributes", "user.empty", "", 0, 0), "setxattr empty");
  make_file("capable", "\x7f");
  need(setxattr("capable", "security.capability", &capability, sizeof capability, 0), "setxattr capability");
  need(mkdir("shared", 0), "mkdir");
  need(chmod("shared", 01777), "chmod");
  need(mkdir("shared/private", 0), "mkdir");
  need(chmod("shared/private", 0), "chmod");
  make_file("one", "the same file\n");
  need(link("one", "shared/two"), "link");
  need(link("one", "three"), "link");
  int fd = need(open("sparse", O_CREAT | O_EXCL | O_WRONLY, 0600), "open sparse");
  need(pwrite(fd, "begin", 5, 0), "pwrite");
  need(pwrite(fd, "middle", 6, GIB + 12345), "pwrite");
  need(ftruncate(fd, 4 * GIB + 1), "ftruncate");
  close(fd);
  need(mkfifo("fifo", 0), "mkfifo");
  need(chmod("fifo", 0624), "chmod");
  need(symlink("../nowhere/\xc3\xa4\xc3\xb6\xc3\xbc \n", "link"), "symlink");
  need(lchown("link", 77, 88), "lchown");
  make_file(long_name, long_name);
  make_file("\xff not UTF-8 \x01", "odd");
  make_file("timed", "tick");
  need(utimensat(AT_FDCWD, "timed", times, 0), "utimensat");
}

static struct stat status(const char *name) {
  struct stat found;
  need(lstat(name, &found), name);
  return found;
}

static void same(const char *what, long found, long wanted) {
  if (found != wanted) {
    differs("%s is %ld (octal %lo), not %ld (octal %lo)", what, found, found, wanted, wanted);
  }
}

static void content(const char *name, long offset, const char *wanted) {
  char found[300] = "";
  int fd = need(open(name, O_RDONLY), name);
  ssize_t length = need(pread(fd, found, strlen(wanted), offset), "pread");
  close(fd);
  if (length != (ssize_t)strlen(wanted) || memcmp(found, wanted, length) != 0) {
    differs("content of %s at %ld is '%s'", name, offset, found);
  }
}

static void attribute(const char *file, const char *name, const void *wanted, size_t length) {
  char found[256];
  ssize_t size = getxattr(file, name, found, sizeof found);
  if (size < 0) {
    differs("attribute %s of %s: %s", name, file, strerror(errno));
  }
  same(name, size, length);
  if (memcmp(found, wanted, length) != 0) {
    differs("attribute %s of %s has other bytes", name, file);
  }
}

static void check_names(void) {
  int found = 0;
  DIR *folder = opendir(".");
  need(folder ? 0 : -1, "opendir");
  for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    found++;
  }
  closedir(folder);
  same("number of names, with . and ..", found, 12 + 2);
}

static void check(void) {
  check_names();
  same("owner", status("owned").st_uid, 1234);
  same("group", status("owned").st_gid, 2345);
  same("mode of owned", status("owned").st_mode, S_IFREG | 06751);
  content("owned", 0, "mine\n");
  attribute("attributes", "user.letargo", binary_value, sizeof binary_value);
  attribute("attributes", "user.empty", "", 0);
  attribute("capable", "security.capability", &capability, sizeof capability);
  same("mode of shared", status("shared").st_mode, S_IFDIR | 01777);
  same("mode of shared/private", status("shared/private").st_mode, S_IFDIR);
  same("links of one", status("one").st_nlink, 3);
  same("inode of shared/two", status("shared/two").st_ino, status("one").st_ino);
  same("inode of three", status("three").st_ino, status("one").st_ino);
  content("three", 0, "the same file\n");
  same("size of sparse", status("sparse").st_size, 4 * GIB + 1);
  if (status("sparse").st_blocks > 1024) {
    differs("sparse fills %ld blocks: its holes are gone", (long)status("sparse").st_blocks);
  }
  content("sparse", 0, "begin");
  content("sparse", GIB + 12345, "middle");
  same("mode of fifo", status("fifo").st_mode, S_IFIFO | 0624);
  char target[100] = "";
  need(readlink("link", target, sizeof target - 1), "readlink");
  if (strcmp(target, "../nowhere/\xc3\xa4\xc3\xb6\xc3\xbc \n") != 0) {
    differs("link leads to '%s'", target);
  }
  same("owner of link", status("link").st_uid, 77);
  same("group of link", status("link").st_gid, 88);
  content(long_name, 0, long_name);
  content("\xff not UTF-8 \x01", 0, "odd");
  same("seconds of timed", status("timed").st_mtim.tv_sec, times[1].tv_sec);
  same("nanoseconds of timed", status("timed").st_mtim.tv_nsec, times[1].tv_nsec);
}

int main(int count, char **arguments) {
  if (count != 3) {
    return 2;
  }
  memset(long_name, 'n', 255);
  if (strcmp(arguments[1], "make") == 0) {
    need(mkdir(arguments[2], 0755), "mkdir");
    need(chdir(arguments[2]), "chdir");
    make();
  } else {
    need(chdir(arguments[2]), "chdir");
    check();
  }
  printf("OK\n");
  return 0;
}
