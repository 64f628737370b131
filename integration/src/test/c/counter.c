/*
 * counter DIR: keeps the same things in memory and on disk, under load, and says whether they are the same.
 *
 * One thread counts: each step goes into a log on disk (record i holds i, at its place in the file) and is followed by
 * fsync; each 16th also renames a file whose name is the count. Other threads write blocks of random bytes into big
 * files and remember in memory which seed each block was made of.
 *
 * SIGUSR1: all threads stop between two steps, everything on disk is compared with memory, and the outcome is appended to
 * DIR/checks: "OK COUNT" or what differs. Then they go on. All of it survives only in memory, so a disk that is older
 * than the memory shows as records that are missing for ever, and one that is younger as records too many.
 */
#include "payload.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#define WRITERS 2
#define BLOCKS 64
#define BLOCK_BYTES 65536
#define RENAME_EACH 16

struct writer {
  int fd;
  uint64_t random;
  uint64_t seeds[BLOCKS]; /* 0: never written */
};

static struct writer writers[WRITERS];
static uint64_t counted;
static int records_fd;
/* Held for reading during a step, for writing during a check: so a check sees no half step. */
static pthread_rwlock_t steps;

static uint64_t next(uint64_t *state) { /* xorshift64 */
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void fill(uint64_t seed, uint64_t *block) {
  for (size_t i = 0; i < BLOCK_BYTES / 8; i++) {
    block[i] = next(&seed);
  }
}

static void *write_blocks(void *argument) {
  struct writer *writer = argument;
  static _Thread_local uint64_t block[BLOCK_BYTES / 8];
  while (1) {
    pthread_rwlock_rdlock(&steps);
    uint64_t seed = next(&writer->random), index = seed % BLOCKS;
    fill(seed, block);
    need(pwrite(writer->fd, block, BLOCK_BYTES, index * BLOCK_BYTES), "pwrite");
    writer->seeds[index] = seed;
    pthread_rwlock_unlock(&steps);
    if (seed % 32 == 0) {
      need(fdatasync(writer->fd), "fdatasync");
    }
  }
  return NULL;
}

static void *count_up(void *argument) {
  (void)argument;
  while (1) {
    pthread_rwlock_rdlock(&steps);
    uint64_t record = counted + 1;
    need(pwrite(records_fd, &record, sizeof record, counted * sizeof record), "pwrite");
    need(fsync(records_fd), "fsync");
    if (record % RENAME_EACH == 0) {
      char from[40], to[40];
      snprintf(from, sizeof from, "at-%ld", (long)(record - RENAME_EACH));
      snprintf(to, sizeof to, "at-%ld", (long)record);
      need(rename(from, to), from);
    }
    counted = record;
    pthread_rwlock_unlock(&steps);
  }
  return NULL;
}

static const char *compare(char *text, size_t size) {
  struct stat status;
  uint64_t buffer[512];
  need(fstat(records_fd, &status), "fstat");
  if ((uint64_t)status.st_size != counted * 8) {
    snprintf(text, size, "DIFFERS: counted %ld, records on disk %ld", (long)counted, (long)status.st_size / 8);
    return text;
  }
  for (uint64_t at = 0; at < counted; at += 512) {
    ssize_t length = need(pread(records_fd, buffer, sizeof buffer, at * 8), "pread");
    for (ssize_t i = 0; i < length / 8; i++) {
      if (buffer[i] != at + i + 1) {
        snprintf(text, size, "DIFFERS: record %ld holds %ld", (long)(at + i + 1), (long)buffer[i]);
        return text;
      }
    }
  }
  char name[40];
  snprintf(name, sizeof name, "at-%ld", (long)(counted / RENAME_EACH * RENAME_EACH));
  if (access(name, F_OK) != 0) {
    snprintf(text, size, "DIFFERS: counted %ld, but there is no file %s", (long)counted, name);
    return text;
  }
  static uint64_t found[BLOCK_BYTES / 8], wanted[BLOCK_BYTES / 8];
  for (int w = 0; w < WRITERS; w++) {
    for (int b = 0; b < BLOCKS; b++) {
      if (writers[w].seeds[b] == 0) {
        continue;
      }
      need(pread(writers[w].fd, found, BLOCK_BYTES, (off_t)b * BLOCK_BYTES), "pread");
      fill(writers[w].seeds[b], wanted);
      if (memcmp(found, wanted, BLOCK_BYTES) != 0) {
        snprintf(text, size, "DIFFERS: block %d of writer %d is not the last one written", b, w);
        return text;
      }
    }
  }
  snprintf(text, size, "OK %ld", (long)counted);
  return text;
}

int main(int count, char **arguments) {
  if (count != 2) {
    return 2;
  }
  need(mkdir(arguments[1], 0755), "mkdir");
  need(chdir(arguments[1]), "chdir");
  records_fd = need(open("records", O_CREAT | O_RDWR, 0600), "open");
  close(need(open("at-0", O_CREAT | O_WRONLY, 0600), "open"));
  /* a check would wait for ever behind steps that follow each other closely */
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&steps, &attributes);

  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &asked, NULL);
  pthread_t thread;
  for (int i = 0; i < WRITERS; i++) {
    char name[40];
    snprintf(name, sizeof name, "blocks-%d", i);
    writers[i].fd = need(open(name, O_CREAT | O_RDWR, 0600), "open");
    writers[i].random = 88172645463325252ULL + i;
    pthread_create(&thread, NULL, write_blocks, &writers[i]);
  }
  pthread_create(&thread, NULL, count_up, NULL);

  int checks = need(open("checks", O_CREAT | O_WRONLY | O_APPEND, 0600), "open");
  while (1) {
    int number;
    char text[200];
    sigwait(&asked, &number);
    pthread_rwlock_wrlock(&steps);
    compare(text, sizeof text);
    pthread_rwlock_unlock(&steps);
    dprintf(checks, "%s\n", text);
  }
}
