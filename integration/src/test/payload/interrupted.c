/* System calls that wait, and must go on waiting: each in a process of its own. */
#include "payload.h"
#include <sys/select.h>
#include <sys/socket.h>

PAYLOAD("does not disturb", "waiting without a limit: read, select, recv, wait, mutex, file lock see no EINTR");

#define KINDS 6

static int pipes[KINDS][2], lock_file;
static pid_t processes[KINDS];
static struct waiter holder;

static void hold(void) { need(fcntl(lock_file, F_SETLK, &(struct flock){.l_type = F_WRLCK}), "F_SETLK"); }
static void let_go(void) {}

static void by_read(int fd) {
  char byte;
  same("read", read(fd, &byte, 1), 1);
}
static void by_select(int fd) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  same("select", select(fd + 1, &set, NULL, NULL, NULL), 1);
}
static void by_recv(int fd) {
  int pair[2];
  char byte;
  need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
  if (fork() == 0) {
    by_read(fd);
    send_all(pair[1], "x", 1);
    _exit(0);
  }
  same("recv", recv(pair[0], &byte, 1, 0), 1);
}
static void by_wait(int fd) {
  int status;
  if (fork() == 0) {
    by_read(fd);
    _exit(0);
  }
  if (wait(&status) < 0) {
    fails("wait: %s", strerror(errno));
  }
}
static void by_mutex(int fd) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutex_lock(mutex);
  if (fork() == 0) {
    by_read(fd);
    pthread_mutex_unlock(mutex);
    _exit(0);
  }
  same("mutex", pthread_mutex_lock(mutex), 0);
}
static void by_lock(int fd) {
  (void)fd;
  need(fcntl(lock_file, F_SETLKW, &(struct flock){.l_type = F_WRLCK}), "F_SETLKW");
}

static void (*const ways[KINDS])(int) = {by_read, by_select, by_recv, by_wait, by_mutex, by_lock};

static void prepare(void) {
  lock_file = need(open("lock", O_CREAT | O_RDWR, 0600), "lock");
  holder = waiter(hold, let_go);
  for (int i = 0; i < KINDS; i++) {
    need(pipe(pipes[i]), "pipe");
    processes[i] = need(fork(), "fork");
    if (processes[i] == 0) {
      ways[i](pipes[i][0]);
      _exit(0);
    }
    sleeps(processes[i], -1);
  }
}

static void check(void) {
  goes_on("the holder of the lock", holder);
  for (int i = 0; i < KINDS; i++) {
    char what[40];
    snprintf(what, sizeof what, "process %d that waits", i);
    send_all(pipes[i][1], "x", 1);
    ends_well(what, processes[i]);
  }
}
