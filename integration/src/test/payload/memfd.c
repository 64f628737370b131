/* Files that are memory only, with seals. */
#include "payload.h"

PAYLOAD("memory", "memfd: content, offset, seals, mapped and closed");

#define SIZE 50000

static int sealed, plain;
static char *mapped, content[SIZE];

static void prepare(void) {
  sealed = need(memfd_create("sealed", MFD_ALLOW_SEALING | MFD_CLOEXEC), "memfd_create");
  plain = need(memfd_create("plain", 0), "memfd_create");
  fill(content, SIZE, 12);
  send_all(sealed, content, SIZE);
  need(fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), "F_ADD_SEALS");
  send_all(plain, content, SIZE);
  need(lseek(plain, 1234, SEEK_SET), "lseek");
  int closed = need(memfd_create("closed", 0), "memfd_create");
  send_all(closed, content, SIZE);
  mapped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, closed, 0);
  close(closed);
}

static void check(void) {
  same("seals", fcntl(sealed, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
  same("growing what may not grow", ftruncate(sealed, SIZE * 2), -1);
  same("errno", errno, EPERM);
  memset(content, 0, SIZE);
  need(pread(sealed, content, SIZE, 0), "pread");
  filled("sealed", content, SIZE, 12);
  same("offset", lseek(plain, 0, SEEK_CUR), 1234);
  filled("mapped", mapped, SIZE, 12);
  char link[100] = "", path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", plain);
  need(readlink(path, link, sizeof link - 1), "readlink");
  same_text("name", link, "/memfd:plain (deleted)");
}
