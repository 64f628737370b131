/* A program whose file was deleted or replaced while it runs, as an upgrade does. */
#include "payload.h"

PAYLOAD("files", "a running program whose file was replaced");

static pid_t process;
static int to[2], from[2];

static void copy_self(const char *path) {
  static char buffer[1 << 16];
  int in = need(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "/proc/self/exe");
  int out = need(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755), path);
  for (ssize_t count; (count = need(read(in, buffer, sizeof buffer), "read")) > 0;) {
    send_all(out, buffer, count);
  }
  close(in);
  close(out);
}

static void become(void) {
  need(dup2(to[0], 0), "dup2");
  need(dup2(from[1], 1), "dup2");
  close(to[1]); /* else it would never see the end of its input */
  execl("./copy", "payloads", "echo", NULL);
  fails("exec: %s", strerror(errno));
}

static void prepare(void) {
  need(pipe(to), "pipe");
  need(pipe(from), "pipe");
  copy_self("copy");
  process = child(become);
  close(from[1]); /* else its death would not be seen */
  send_all(to[1], "a", 1);
  receives("what the program answers", from[0], "a");
  put("other", "not a program");
  need(rename("other", "copy"), "rename");
}

static void check(void) {
  send_all(to[1], "b", 1);
  receives("what the program answers", from[0], "b");
  close(to[1]);
  ends_well("the program", process);
}
