/*
 * Runs payloads, as a program of the VPS that they are tested in:
 *
 *   payloads list            one line for each: name, group, what it shows, code of the obstacle if it is impossible
 *   payloads install         makes a link beside itself for each, so that each is a program of its own
 *   payloads start NAME...   starts them, waits until they are prepared; prints NAME and: ready, or how it ended
 *   payloads go NAME...      tells them to check themselves; prints NAME and: pass, fail: REASON, absent: REASON
 *   payloads stop            kills all that is left of any
 *
 * A payload is a process that has a folder on the VPS's disk as its working directory. There it makes the file .ready,
 * waits until somebody opens .go, a fifo, and writes its outcome to .result. While it waits no descriptor is open for
 * this, and no signal is needed: nothing of the protocol stands beside what the payload is about.
 *
 * A payload may as well be a script in the same folder that keeps to this; see python/payload.py.
 */
#include "payload.h"
#include <dirent.h>
#include <ftw.h>
#include <libgen.h>

#define PROGRAMS "/usr/lib/payloads/"
#define FOLDERS "/var/lib/payloads/"
#define LONGEST_MILLIS 100000

extern const struct payload *const __start_payloads[];
extern const struct payload *const __stop_payloads[];

char payload_folder[200];

static const char *in_folder(const char *name, const char *file) {
  static char path[300];
  snprintf(path, sizeof path, FOLDERS "%s/%s", name, file);
  return path;
}

static bool is_there(const char *name, const char *file) { return access(in_folder(name, file), F_OK) == 0; }

static void run(const struct payload *payload) {
  snprintf(payload_folder, sizeof payload_folder, FOLDERS "%s", payload->name);
  payload->prepare();
  put(in_folder(payload->name, ".ready"), "");
  int go = TEMP_FAILURE_RETRY(open(in_folder(payload->name, ".go"), O_RDONLY | O_CLOEXEC));
  close(need(go, ".go"));
  payload->check();
  finish("pass");
}

static void list(void) {
  for (const struct payload *const *each = __start_payloads; each < __stop_payloads; each++) {
    printf("%s\t%s\t%s\t%s\n", (*each)->name, (*each)->group, (*each)->shows, (*each)->impossible);
  }
}

static void install(void) {
  for (const struct payload *const *each = __start_payloads; each < __stop_payloads; each++) {
    char path[300];
    snprintf(path, sizeof path, PROGRAMS "%s", (*each)->name);
    unlink(path);
    need(symlink("payloads", path), path);
  }
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at) {
  (void)status, (void)kind, (void)at;
  return remove(path);
}

static void start_one(const char *name) {
  char program[300], variable[200];
  nftw(in_folder(name, ""), remove_one, 16, FTW_DEPTH | FTW_PHYS);
  need(mkdir(in_folder(name, ""), 0777), name);
  need(mkfifo(in_folder(name, ".go"), 0600), "mkfifo");
  snprintf(program, sizeof program, PROGRAMS "%s", name);
  snprintf(variable, sizeof variable, "PAYLOAD=%s", name);
  pid_t pid = need(fork(), "fork");
  if (pid > 0) {
    char text[20];
    snprintf(text, sizeof text, "%d", pid);
    put(in_folder(name, ".pid"), text);
    return;
  }
  need(chdir(in_folder(name, "")), "chdir");
  setsid();
  int null = need(open("/dev/null", O_RDONLY), "/dev/null");
  int log = need(open(".log", O_CREAT | O_WRONLY | O_APPEND, 0666), ".log");
  dup2(null, 0);
  dup2(log, 1);
  dup2(log, 2);
  need(close_range(3, ~0U, 0), "close_range");
  char *arguments[] = {program, NULL};
  char *environment[] = {variable, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", NULL};
  execve(program, arguments, environment);
  dprintf(2, "%s: %s\n", program, strerror(errno));
  _exit(127);
}

static bool is_alive(const char *name) {
  char text[20], path[40], state[16];
  get(in_folder(name, ".pid"), text, sizeof text);
  snprintf(path, sizeof path, "/proc/%ld/status", atol(text));
  if (access(path, R_OK) != 0) {
    return false;
  }
  snprintf(state, sizeof state, "%s", field(path, "State"));
  return state[0] != 'Z' && state[0] != 'X';
}

/* Prints what has become of it; false if it needs more time. */
static bool tell(const char *name, const char *awaited) {
  char text[600];
  bool alive = is_alive(name); /* before looking: what it wrote last is there when it is gone */
  if (is_there(name, ".result")) {
    text[0] = 0;
    get(in_folder(name, ".result"), text, sizeof text);
    text[strcspn(text, "\n")] = 0;
    if (text[0] == 0) {
      return false; /* it is just being written */
    }
    printf("%s\t%s\n", name, text);
  } else if (awaited && is_there(name, awaited)) {
    printf("%s\tready\n", name);
  } else if (!alive) {
    get(in_folder(name, ".log"), text, sizeof text);
    for (char *at = text; *at; at++) {
      *at = *at == '\n' ? ' ' : *at;
    }
    printf("%s\tfail: it has died, saying: %s\n", name, text);
  } else {
    return false;
  }
  return true;
}

static void await(int count, char **names, const char *awaited) {
  bool told[count];
  memset(told, 0, sizeof told);
  int64_t end = monotonic_millis() + LONGEST_MILLIS;
  for (int left = count; left > 0; usleep(5000)) {
    for (int i = 0; i < count; i++) {
      if (!told[i] && tell(names[i], awaited)) {
        told[i] = true;
        left--;
      } else if (!told[i] && monotonic_millis() > end) {
        printf("%s\tfail: it did not answer within %d s\n", names[i], LONGEST_MILLIS / 1000);
        told[i] = true;
        left--;
      }
    }
  }
}

static void start(int count, char **names) {
  mkdir("/var/lib", 0755); /* the smallest VPS has none */
  mkdir(FOLDERS, 0777);
  for (int i = 0; i < count; i++) {
    start_one(names[i]);
  }
  await(count, names, ".ready");
}

static void go(int count, char **names) {
  int64_t end = monotonic_millis() + 10000;
  for (int i = 0; i < count; i++) {
    int fifo = -1;
    while (fifo < 0 && is_alive(names[i]) && monotonic_millis() < end) {
      fifo = open(in_folder(names[i], ".go"), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      if (fifo < 0) {
        usleep(2000); /* it does not wait there yet */
      }
    }
    close(fifo);
  }
  await(count, names, NULL);
}

static void stop(void) {
  DIR *processes = opendir("/proc");
  need(processes ? 0 : -1, "/proc");
  for (struct dirent *entry = readdir(processes); entry; entry = readdir(processes)) {
    char path[300], environment[100] = "";
    snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
    int fd = atol(entry->d_name) > 1 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && read(fd, environment, sizeof environment - 1) > 8 && strncmp(environment, "PAYLOAD=", 8) == 0) {
      kill(atol(entry->d_name), SIGKILL);
    }
    close(fd);
  }
}

/* What a copy of this program does in program-deleted. */
static void echo(void) {
  for (char byte; read(0, &byte, 1) == 1;) {
    send_all(1, &byte, 1);
  }
}

int main(int count, char **arguments) {
  const char *name = basename(arguments[0]);
  for (const struct payload *const *each = __start_payloads; each < __stop_payloads; each++) {
    if (strcmp((*each)->name, name) == 0) {
      run(*each);
    }
  }
  const char *verb = count > 1 ? arguments[1] : "";
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (strcmp(verb, "list") == 0) {
    list();
  } else if (strcmp(verb, "install") == 0) {
    install();
  } else if (strcmp(verb, "start") == 0) {
    start(count - 2, arguments + 2);
  } else if (strcmp(verb, "go") == 0) {
    go(count - 2, arguments + 2);
  } else if (strcmp(verb, "stop") == 0) {
    stop();
  } else if (strcmp(verb, "echo") == 0) {
    echo();
  } else {
    fprintf(stderr, "payloads list | install | start NAME... | go NAME... | stop\n");
    return 2;
  }
  return 0;
}
