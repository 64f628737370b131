/* Users and groups of processes. */
#include "payload.h"
#include <grp.h>
#include <sys/fsuid.h>

PAYLOAD("credentials", "real, effective, saved and file system ids, supplementary groups");

static struct waiter process;
static const gid_t groups[] = {5, 33, 1234, 60000};

static void become(void) {
  need(setgroups(4, groups), "setgroups");
  need(setresgid(2001, 2002, 2003), "setresgid");
  need(setresuid(1001, 1002, 1003), "setresuid");
  setfsgid(2001);
  setfsuid(1001);
}

static void remain(void) {
  uid_t real, effective, saved;
  gid_t found[8];
  need(getresuid(&real, &effective, &saved), "getresuid");
  same("real user", real, 1001);
  same("effective user", effective, 1002);
  same("saved user", saved, 1003);
  need(getresgid(&real, &effective, &saved), "getresgid");
  same("real group", real, 2001);
  same("effective group", effective, 2002);
  same("saved group", saved, 2003);
  same("file system user", setfsuid(-1), 1001);
  same("file system group", setfsgid(-1), 2001);
  same("number of groups", getgroups(8, found), 4);
  same_bytes("groups", found, groups, sizeof groups);
}

static void prepare(void) { process = waiter(become, remain); }

static void check(void) { goes_on("the process", process); }
