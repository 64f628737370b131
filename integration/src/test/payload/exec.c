/* A process that has become another program. */
#include "payload.h"
#include <sys/auxv.h>

PAYLOAD("processes", "a program started by exec: arguments, environment, auxiliary vector, name");

static char *arguments[] = {"/usr/lib/payloads/exec", "an argument", "", "\xc3\xa4", NULL};
static char vector[1024], vector_again[1024];
static void *random_bytes;

static void prepare(void) {
  if (!getenv("HAS_BECOME")) {
    char *environment[] = {"HAS_BECOME=yes", "EMPTY=", getenv("PAYLOAD") - 8, NULL};
    need(execve("/proc/self/exe", arguments, environment), "execve");
  }
  get("/proc/self/auxv", vector, sizeof vector);
  random_bytes = (void *)getauxval(AT_RANDOM);
}

static void check(void) {
  char text[200], link[200] = "";
  get("/proc/self/cmdline", text, sizeof text);
  size_t length = 0;
  for (char **each = arguments; *each; each++) {
    same_text("an argument", text + length, *each);
    length += strlen(*each) + 1;
  }
  get("/proc/self/environ", text, sizeof text);
  same_text("environment", text, "HAS_BECOME=yes");
  same_text("environment as the C library knows it", getenv("EMPTY"), "");
  get("/proc/self/comm", text, sizeof text);
  same_text("name", text, "exe\n");
  need(readlink("/proc/self/exe", link, sizeof link - 1), "readlink");
  same_text("program", link, "/usr/lib/payloads/payloads");
  get("/proc/self/auxv", vector_again, sizeof vector_again);
  same_bytes("auxiliary vector", vector_again, vector, sizeof vector);
  same("AT_RANDOM", getauxval(AT_RANDOM), (long)random_bytes);
  same("AT_PAGESZ", getauxval(AT_PAGESZ), sysconf(_SC_PAGESIZE));
}
