/* What payload.h promises. */
#include "payload.h"
#include <sys/stat.h>

extern char payload_folder[];

__attribute__((noreturn)) void finish(const char *outcome) {
  char path[300];
  if (payload_folder[0] == 0) { /* the conductor itself */
    fprintf(stderr, "%s\n", outcome);
    exit(1);
  }
  snprintf(path, sizeof path, "%s/.result", payload_folder);
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (fd >= 0) {
    dprintf(fd, "%s\n", outcome);
    close(fd);
  }
  _exit(strcmp(outcome, "pass") == 0 ? 0 : 1);
}

static __attribute__((noreturn)) void finish_with(const char *word, const char *format, va_list arguments) {
  char reason[400], outcome[500];
  vsnprintf(reason, sizeof reason, format, arguments);
  snprintf(outcome, sizeof outcome, "%s: %s", word, reason);
  finish(outcome);
}

__attribute__((noreturn)) void fails(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  finish_with("fail", format, arguments);
}

__attribute__((noreturn)) void absent(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  finish_with("absent", format, arguments);
}

long need(long result, const char *call) {
  if (result < 0) {
    fails("%s: %s", call, strerror(errno));
  }
  return result;
}

void same(const char *what, long found, long wanted) {
  if (found != wanted) {
    fails("%s is %ld (0x%lx), not %ld (0x%lx)", what, found, found, wanted, wanted);
  }
}

void same_text(const char *what, const char *found, const char *wanted) {
  if (strcmp(found, wanted) != 0) {
    fails("%s is '%s', not '%s'", what, found, wanted);
  }
}

void same_bytes(const char *what, const void *found, const void *wanted, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (((const uint8_t *)found)[i] != ((const uint8_t *)wanted)[i]) {
      fails("%s differs at byte %zu", what, i);
    }
  }
}

pid_t child(void (*run)(void)) {
  pid_t pid = need(fork(), "fork");
  if (pid == 0) {
    run();
    _exit(0);
  }
  return pid;
}

void ends_well(const char *what, pid_t pid) {
  int status;
  need(TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)), what);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fails("%s ended with status 0x%x", what, status);
  }
}

struct waiter waiter(void (*before)(void), void (*after)(void)) {
  int begun[2], go[2];
  char byte = 0;
  need(pipe2(begun, O_CLOEXEC), "pipe");
  need(pipe2(go, O_CLOEXEC), "pipe");
  pid_t pid = need(fork(), "fork");
  if (pid == 0) {
    close(begun[0]);
    close(go[1]);
    before();
    send_all(begun[1], "b", 1);
    receive_all(go[0], &byte, 1);
    after();
    _exit(0);
  }
  close(begun[1]);
  close(go[0]);
  receive_all(begun[0], &byte, 1);
  return (struct waiter){pid, begun[0], go[1]};
}

void goes_on(const char *what, struct waiter waiter) {
  send_all(waiter.go, "g", 1);
  ends_well(what, waiter.pid);
}

int64_t monotonic_millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void until(const char *what, bool (*is_so)(void)) {
  for (int64_t end = monotonic_millis() + 10000; !is_so(); usleep(2000)) {
    if (monotonic_millis() > end) {
      fails("waited 10 s for %s", what);
    }
  }
}

void sleeps(pid_t tid, long number) {
  char path[64], text[200];
  snprintf(path, sizeof path, "/proc/%d/syscall", tid);
  for (int64_t end = monotonic_millis() + 10000;; usleep(2000)) {
    get(path, text, sizeof text);
    if (strncmp(text, "running", 7) != 0 && (number < 0 || atol(text) == number)) {
      return;
    }
    if (monotonic_millis() > end) {
      fails("process %d does not sleep in system call %ld but: %s", tid, number, text);
    }
  }
}

void put(const char *path, const char *text) {
  int fd = need(open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644), path);
  send_all(fd, text, strlen(text));
  close(fd);
}

char *get(const char *path, char *buffer, size_t size) {
  int fd = need(open(path, O_RDONLY | O_CLOEXEC), path);
  size_t length = 0;
  ssize_t count = 1;
  while (count > 0 && length < size - 1) {
    count = need(read(fd, buffer + length, size - 1 - length), path);
    length += count;
  }
  buffer[length] = 0;
  close(fd);
  return buffer;
}

char *field(const char *path, const char *key) {
  static char text[8192];
  get(path, text, sizeof text);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    size_t length = strlen(key);
    if (strncmp(line, key, length) == 0 && line[length] == ':') {
      for (line += length + 1; *line == ' ' || *line == '\t'; line++) {
      }
      return line;
    }
  }
  fails("%s has no line %s", path, key);
}

static uint64_t next(uint64_t *state) { /* splitmix64 */
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void fill(void *buffer, size_t length, uint64_t seed) {
  for (size_t i = 0; i < length; i += 8) {
    uint64_t word = next(&seed);
    memcpy((char *)buffer + i, &word, length - i < 8 ? length - i : 8);
  }
}

void filled(const char *what, const void *buffer, size_t length, uint64_t seed) {
  for (size_t i = 0; i < length; i += 8) {
    uint64_t word = next(&seed);
    if (memcmp((const char *)buffer + i, &word, length - i < 8 ? length - i : 8) != 0) {
      fails("%s differs within 8 bytes of %zu", what, i);
    }
  }
}

void send_all(int fd, const void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    done += need(TEMP_FAILURE_RETRY(write(fd, (const char *)bytes + done, length - done)), "write");
  }
}

void receive_all(int fd, void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t count = need(TEMP_FAILURE_RETRY(read(fd, (char *)bytes + done, length - done)), "read");
    if (count == 0) {
      fails("end of file after %zu of %zu bytes", done, length);
    }
    done += count;
  }
}

void receives(const char *what, int fd, const char *text) {
  char found[1000] = "";
  size_t length = strlen(text);
  receive_all(fd, found, length);
  same_text(what, found, text);
}
