/* Open files of /proc: of the process itself, of another, of the system. */
#include "payload.h"

PAYLOAD("files", "/proc: open files of oneself, of another process, of the system, offsets in them");

static int own, another, system_wide, folder;
static struct waiter other;

static void nothing(void) {}

static void prepare(void) {
  char path[40];
  other = waiter(nothing, nothing);
  snprintf(path, sizeof path, "/proc/%d/comm", other.pid);
  own = need(open("/proc/self/status", O_RDONLY), "/proc/self/status");
  another = need(open(path, O_RDONLY), path);
  system_wide = need(open("/proc/sys/kernel/ostype", O_RDONLY), "ostype");
  folder = need(open("/proc/self/fd", O_RDONLY | O_DIRECTORY), "/proc/self/fd");
  receives("the beginning of status", own, "Name:");
}

static void check(void) {
  char text[4096];
  ssize_t length = need(pread(own, text, sizeof text - 1, 0), "pread");
  text[length] = 0;
  char line[40];
  snprintf(line, sizeof line, "\nPid:\t%d\n", getpid());
  same("that status is one's own", strstr(text, line) != NULL, 1);
  same("offset", lseek(own, 0, SEEK_CUR), 5);
  need(lseek(another, 0, SEEK_SET), "lseek");
  receives("another's name", another, "proc-files\n");
  receives("a file of the system", system_wide, "Linux\n");
  same("a descriptor seen in the folder", faccessat(folder, "0", F_OK, 0), 0);
  goes_on("the other process", other);
}
