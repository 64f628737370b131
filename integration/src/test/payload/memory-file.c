/* Files in memory: shared, private, of a deleted file, beyond the end. */
#include "payload.h"

PAYLOAD("memory", "mapped files: shared, private and changed, deleted, executable");

#define SIZE 100000

static char *shared, *private, *deleted;
static int (*code)(void);
static int file, gone;

static int make(const char *name, int seed) {
  static char bytes[SIZE];
  int fd = need(open(name, O_CREAT | O_RDWR, 0600), name);
  fill(bytes, SIZE, seed);
  send_all(fd, bytes, SIZE);
  return fd;
}

static void prepare(void) {
  file = make("file", 1);
  gone = make("gone", 2);
  int program = need(open("code", O_CREAT | O_RDWR, 0700), "code");
  send_all(program, "\xb8\x2a\x00\x00\x00\xc3", 6); /* mov $42, %eax; ret */
  code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, program, 0);
  if (code == MAP_FAILED) {
    fails("mapping code: %s", strerror(errno));
  }
  shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  private = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  deleted = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, gone, 0);
  private[50000] = 'P';
  deleted[50000] = 'D';
  shared[70000] = 'S';
  need(unlink("gone"), "unlink");
  close(gone);
}

static void check(void) {
  char byte;
  filled("shared", shared, 69992, 1);
  same("shared and written", shared[70000], 'S');
  filled("private", private, 49992, 1);
  same("private and written", private[50000], 'P');
  filled("deleted", deleted, 49992, 2);
  same("deleted and written", deleted[50000], 'D');
  need(pwrite(file, "F", 1, 10), "pwrite");
  same("what the file got", shared[10], 'F');
  shared[11] = 'M';
  need(pread(file, &byte, 1, 11), "pread");
  same("what the memory got", byte, 'M');
#ifdef __x86_64__
  same("code of a file", code(), 42);
#endif
}
