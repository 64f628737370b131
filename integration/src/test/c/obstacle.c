/*
 * obstacle KIND: makes something that stands in the way of a checkpoint, or is treated in a way worth knowing, says
 * "ready DESCRIPTOR" (-1 if it is no descriptor), and keeps it. The kinds are the words of a preflight where it has one.
 */
#define _GNU_SOURCE
#include "payload.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static void ready(int descriptor) {
  printf("ready %d\n", descriptor);
  fflush(stdout);
}

static _Noreturn void keep(int descriptor) {
  ready(descriptor);
  while (1) {
    pause();
  }
}

static struct sockaddr_in loopback(void) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static struct sockaddr *at(void *address) {
  return address;
}

static int bound(int type, int protocol, struct sockaddr_in *address) {
  int fd = need(socket(AF_INET, type, protocol), "socket");
  socklen_t length = sizeof *address;
  *address = loopback();
  need(bind(fd, at(address), length), "bind");
  need(getsockname(fd, at(address), &length), "getsockname");
  return fd;
}

static _Noreturn void unshared(int kind) {
  need(unshare(kind), "unshare");
  keep(-1);
}

/* Of a pid or time namespace only children are members. */
static _Noreturn void child_unshared(int kind) {
  need(unshare(kind), "unshare");
  if (need(fork(), "fork") == 0) {
    keep(-1);
  }
  while (1) {
    pause();
  }
}

/* As ip netns add does it: the namespace is held by a mount only. */
static _Noreturn void held_network(void) {
  if (need(fork(), "fork") == 0) {
    need(unshare(CLONE_NEWNET), "unshare");
    close(need(open("/run/network", O_CREAT | O_RDONLY, 0600), "open"));
    need(mount("/proc/self/ns/net", "/run/network", NULL, MS_BIND, NULL), "mount");
    _exit(0);
  }
  wait(NULL);
  keep(-1);
}

/* The namespace is held by a socket only. */
static _Noreturn void socket_of_a_network(void) {
  int own = need(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  need(unshare(CLONE_NEWNET), "unshare");
  int fd = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(setns(own, CLONE_NEWNET), "setns");
  close(own);
  keep(fd);
}

static _Noreturn void packet_pipe(void) {
  int ends[2];
  need(pipe2(ends, O_DIRECT), "pipe2");
  keep(ends[1]); /* the reading end does not tell */
}

static _Noreturn void traced(void) {
  pid_t child = need(fork(), "fork");
  if (child == 0) {
    while (1) {
      pause();
    }
  }
  need(ptrace(PTRACE_SEIZE, child, 0, 0), "ptrace");
  keep(-1);
}

static _Noreturn void listening_by(int protocol) {
  struct sockaddr_in address;
  int fd = bound(SOCK_STREAM, protocol, &address);
  need(listen(fd, 1), "listen");
  keep(fd);
}

static _Noreturn void pending_connection(void) {
  struct sockaddr_in address;
  int server = bound(SOCK_STREAM, 0, &address);
  need(listen(server, 4), "listen");
  int client = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(connect(client, at(&address), sizeof address), "connect");
  keep(server);
}

static _Noreturn void accepted_later(void) {
  struct sockaddr_in address;
  int server = bound(SOCK_STREAM, 0, &address);
  need(listen(server, 4), "listen");
  int client = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(connect(client, at(&address), sizeof address), "connect");
  ready(server);
  sleep(2);
  need(accept(server, NULL, NULL), "accept");
  while (1) {
    pause();
  }
}

static _Noreturn void tcp_connection(void) {
  struct sockaddr_in address;
  int server = bound(SOCK_STREAM, 0, &address);
  need(listen(server, 4), "listen");
  int client = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
  need(connect(client, at(&address), sizeof address), "connect");
  need(accept(server, NULL, NULL), "accept");
  keep(client);
}

static int netlink(void) {
  int fd = need(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "socket");
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  need(bind(fd, at(&address), sizeof address), "bind");
  return fd;
}

static _Noreturn void netlink_data(void) {
  int fd = netlink();
  struct {
    struct nlmsghdr header;
    struct rtgenmsg body;
  } request = {{sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
  need(send(fd, &request, sizeof request, 0), "send");
  keep(fd);
}

static _Noreturn void netlink_groups(void) {
  int fd = netlink();
  int group = 33;
  need(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group), "setsockopt");
  keep(fd);
}

static _Noreturn void queued_datagrams(void) {
  struct sockaddr_in address;
  int fd = bound(SOCK_DGRAM, 0, &address);
  need(sendto(fd, "lost", 4, 0, at(&address), sizeof address), "sendto");
  keep(fd);
}

static _Noreturn void corked_datagram(void) {
  struct sockaddr_in address;
  int fd = bound(SOCK_DGRAM, 0, &address);
  int on = 1;
  need(setsockopt(fd, IPPROTO_UDP, UDP_CORK, &on, sizeof on), "setsockopt");
  need(sendto(fd, "half", 4, 0, at(&address), sizeof address), "sendto");
  keep(fd);
}

static _Noreturn void queued_credentials(void) {
  int ends[2];
  int on = 1;
  need(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), "socketpair");
  need(setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "setsockopt");
  need(send(ends[1], "who", 3, 0), "send");
  keep(ends[0]);
}

static struct sockaddr_un meeting(void) {
  return (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "/run/obstacle.sock"};
}

/* Accepts whoever comes, and says ready for each. */
static _Noreturn void unix_server(void) {
  struct sockaddr_un address = meeting();
  int server = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  unlink(address.sun_path);
  need(bind(server, at(&address), sizeof address), "bind");
  need(listen(server, 4), "listen");
  while (1) {
    ready(need(accept(server, NULL, NULL), "accept"));
  }
}

/* For a session of exec. */
static _Noreturn void unix_client(void) {
  struct sockaddr_un address = meeting();
  int fd = need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  need(connect(fd, at(&address), sizeof address), "connect");
  keep(fd);
}

/* For a session of exec: it keeps the master, a daemon of the VPS the slave. */
static _Noreturn void terminal_outside(void) {
  int master;
  int slave;
  need(openpty(&master, &slave, NULL, NULL, NULL), "openpty");
  if (need(fork(), "fork") == 0) {
    need(setsid(), "setsid");
    if (need(fork(), "fork") != 0) {
      _exit(0);
    }
    close(master);
    for (int fd = 0; fd < 3; fd++) {
      dup2(slave, fd);
    }
    while (1) {
      pause();
    }
  }
  wait(NULL);
  close(slave);
  keep(master);
}

/* A terminal with both ends here, and unread bytes in both. */
static _Noreturn void terminal(void) {
  int master;
  int slave;
  need(openpty(&master, &slave, NULL, NULL, NULL), "openpty");
  need(write(master, "typed\n", 6), "write");
  need(write(slave, "printed\n", 8), "write");
  keep(master);
}

static _Noreturn void fd_of_fsopen(void) {
  keep(need(syscall(SYS_fsopen, "tmpfs", 0), "fsopen"));
}

static _Noreturn void seccomp_notify(void) {
  struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {1, &allow};
  need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
  keep(need(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program), "seccomp"));
}

static void *wait_for_ever(void *nothing) {
  while (1) {
    pause();
  }
  return nothing;
}

static pid_t thread_id;

static void *tell_id(void *nothing) {
  __atomic_store_n(&thread_id, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
  return wait_for_ever(nothing);
}

static _Noreturn void foreign_pidfd(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, tell_id, NULL);
  while (__atomic_load_n(&thread_id, __ATOMIC_SEQ_CST) == 0) {
    sched_yield();
  }
  keep(need(syscall(SYS_pidfd_open, thread_id, O_EXCL /* PIDFD_THREAD */), "pidfd_open"));
}

static _Noreturn void dead_first_thread(void) {
  pid_t process = need(fork(), "fork");
  if (process == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    syscall(SYS_exit, 0); /* this thread only */
  }
  char path[64], line[200] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  while (strstr(line, ") Z ") == NULL) {
    FILE *stat = fopen(path, "r");
    if (stat == NULL || fgets(line, sizeof line, stat) == NULL) {
      differs(path);
    }
    fclose(stat);
    sched_yield();
  }
  keep(-1);
}

/* IPv6 makes the address from the device's, and looks for others who have it for a second. */
static _Noreturn void scoped_connection(void) {
  struct sockaddr_in6 own = {.sin6_family = AF_INET6};
  int server = need(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  own.sin6_scope_id = if_nametoindex("eth0");
  char line[200];
  bool is_bound = false;
  while (!is_bound) {
    FILE *addresses = fopen("/proc/net/if_inet6", "r");
    while (!is_bound && addresses != NULL && fgets(line, sizeof line, addresses) != NULL) {
      if (strncmp(line, "fe80", 4) != 0) {
        continue;
      }
      for (int i = 0; i < 16; i++) {
        unsigned byte;
        sscanf(line + 2 * i, "%2x", &byte);
        own.sin6_addr.s6_addr[i] = byte;
      }
      is_bound = bind(server, at(&own), sizeof own) == 0;
    }
    if (addresses != NULL) {
      fclose(addresses);
    }
    usleep(10000);
  }
  socklen_t length = sizeof own;
  need(listen(server, 1), "listen");
  need(getsockname(server, at(&own), &length), "getsockname");
  int client = need(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  need(connect(client, at(&own), sizeof own), "connect");
  close(need(accept(server, NULL, NULL), "accept"));
  keep(client);
}

static _Noreturn void socket_option(void) {
  struct sockaddr_in address;
  int fd = bound(SOCK_STREAM, 0, &address);
  int millis = 34567;
  need(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &millis, sizeof millis), "setsockopt");
  need(listen(fd, 1), "listen");
  keep(fd);
}

static _Noreturn void semaphore(void) {
  keep(need(eventfd(3, EFD_SEMAPHORE), "eventfd"));
}

static _Noreturn void own_pidfd(void) {
  keep(need(syscall(SYS_pidfd_open, getpid(), 0), "pidfd_open"));
}

static _Noreturn void open_queue(void) {
  keep(need(mq_open("/obstacle", O_CREAT | O_RDWR, 0600, NULL), "mq_open"));
}

static _Noreturn void message_queue(void) {
  close(need(mq_open("/obstacle", O_CREAT | O_RDWR, 0600, NULL), "mq_open"));
  keep(-1);
}

static _Noreturn void mounted(const char *type) {
  mkdir("/mnt", 0755);
  need(mount("none", "/mnt", type, 0, NULL), "mount");
  keep(-1);
}

static int file_below_mnt(void) {
  mkdir("/mnt", 0755);
  need(mount("none", "/mnt", "tmpfs", 0, NULL), "mount");
  return need(open("/mnt/file", O_CREAT | O_RDWR, 0600), "open");
}

static _Noreturn void covered_file(void) {
  int fd = file_below_mnt();
  need(mount("none", "/mnt", "tmpfs", 0, NULL), "mount");
  keep(fd);
}

/* The file is on the disk, and the mount lies over its folder. */
static _Noreturn void hidden_file(void) {
  mkdir("/mnt", 0755);
  int fd = need(open("/mnt/file", O_CREAT | O_RDWR, 0600), "open");
  need(mount("none", "/mnt", "tmpfs", 0, NULL), "mount");
  keep(fd);
}

static _Noreturn void outside_file(void) {
  int fd = file_below_mnt();
  need(umount2("/mnt", MNT_DETACH), "umount2");
  keep(fd);
}

static _Noreturn void deleted_file(void) {
  int fd = need(open("/root/deleted", O_CREAT | O_RDWR | O_TRUNC, 0600), "open");
  need(ftruncate(fd, 3000000), "ftruncate");
  need(unlink("/root/deleted"), "unlink");
  keep(fd);
}

static _Noreturn void unlinked_name(void) {
  int fd = need(open("/root/first", O_CREAT | O_RDWR | O_TRUNC, 0600), "open");
  unlink("/root/second");
  need(link("/root/first", "/root/second"), "link");
  need(unlink("/root/first"), "unlink");
  keep(fd);
}

static _Noreturn void file_lock(void) {
  int fd = need(open("/root/locked", O_CREAT | O_RDWR, 0600), "open");
  need(flock(fd, LOCK_EX), "flock");
  keep(fd);
}

static _Noreturn void watching(void) {
  int fd = need(inotify_init1(0), "inotify_init1");
  need(inotify_add_watch(fd, "/root", IN_CREATE), "inotify_add_watch");
  need(inotify_add_watch(fd, "/etc", IN_CREATE), "inotify_add_watch");
  keep(fd);
}

static _Noreturn void asynchronous(void) {
  aio_context_t context = 0;
  need(syscall(SYS_io_setup, 4, &context), "io_setup");
  keep(-1);
}

static _Noreturn void bound_to_one(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  need(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
  keep(-1);
}

static _Noreturn void foreign_shared_memory(void) {
  int segment = need(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600), "shmget");
  if (shmat(segment, NULL, 0) == (void *)-1) {
    differs("shmat");
  }
  unshared(CLONE_NEWIPC);
}

/* The parent of a vfork waits in the kernel until its child is done. */
static _Noreturn void uninterruptible(void) {
  ready(-1);
  if (vfork() == 0) {
    while (1) {
      syscall(SYS_pause);
    }
  }
  while (1) {
    pause();
  }
}

/* So many processes, each with a pipe, a file, a timer, a socket and the usual streams. */
static _Noreturn void crowd(int count) {
  for (int i = 1; i < count; i++) {
    if (need(fork(), "fork") == 0) {
      int ends[2];
      need(pipe(ends), "pipe");
      need(open("/etc/passwd", O_RDONLY), "open");
      need(syscall(SYS_eventfd2, 0, 0), "eventfd");
      need(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
      while (1) {
        pause();
      }
    }
  }
  keep(-1);
}

static const struct {
  const char *kind;
  void (*make)(void);
} KINDS[] = {
    {"packet-pipe", packet_pipe},
    {"traced", traced},
    {"pending-connection", pending_connection},
    {"accepted-later", accepted_later},
    {"tcp-connection", tcp_connection},
    {"netlink-data", netlink_data},
    {"netlink-groups", netlink_groups},
    {"queued-datagrams", queued_datagrams},
    {"corked-datagram", corked_datagram},
    {"queued-credentials", queued_credentials},
    {"unix-server", unix_server},
    {"unix-client", unix_client},
    {"terminal", terminal},
    {"terminal-outside", terminal_outside},
    {"fsopen", fd_of_fsopen},
    {"seccomp-notify", seccomp_notify},
    {"foreign-pidfd", foreign_pidfd},
    {"own-pidfd", own_pidfd},
    {"held-network", held_network},
    {"socket-of-a-network", socket_of_a_network},
    {"dead-first-thread", dead_first_thread},
    {"scoped-connection", scoped_connection},
    {"socket-option", socket_option},
    {"semaphore", semaphore},
    {"open-queue", open_queue},
    {"message-queue", message_queue},
    {"covered-file", covered_file},
    {"hidden-file", hidden_file},
    {"outside-file", outside_file},
    {"deleted-file", deleted_file},
    {"unlinked-name", unlinked_name},
    {"file-lock", file_lock},
    {"inotify", watching},
    {"aio", asynchronous},
    {"cpu-affinity", bound_to_one},
    {"foreign-shared-memory", foreign_shared_memory},
    {"uninterruptible", uninterruptible},
};

int main(int count, char **arguments) {
  if (count != 2) {
    return 2;
  }
  const char *kind = arguments[1];
  for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
    if (strcmp(kind, KINDS[i].kind) == 0) {
      KINDS[i].make();
    }
  }
  if (strcmp(kind, "mptcp") == 0) {
    listening_by(262);
  }
  if (strcmp(kind, "alg") == 0) {
    keep(need(socket(AF_ALG, SOCK_SEQPACKET, 0), "socket"));
  }
  if (strcmp(kind, "vsock") == 0) {
    keep(need(socket(AF_VSOCK, SOCK_STREAM, 0), "socket"));
  }
  if (strcmp(kind, "ramfs") == 0) {
    mounted("ramfs");
  }
  if (strcmp(kind, "uts") == 0) {
    unshared(CLONE_NEWUTS);
  }
  if (strcmp(kind, "net") == 0) {
    unshared(CLONE_NEWNET);
  }
  if (strcmp(kind, "ipc") == 0) {
    unshared(CLONE_NEWIPC);
  }
  if (strcmp(kind, "user") == 0) {
    unshared(CLONE_NEWUSER);
  }
  if (strcmp(kind, "cgroup") == 0) {
    unshared(CLONE_NEWCGROUP);
  }
  if (strcmp(kind, "pid") == 0) {
    child_unshared(CLONE_NEWPID);
  }
  if (strcmp(kind, "time") == 0) {
    child_unshared(CLONE_NEWTIME);
  }
  if (strncmp(kind, "crowd-", 6) == 0) {
    crowd(atoi(kind + 6));
  }
  printf("CANNOT RUN: no such kind: %s\n", kind);
  return 2;
}
