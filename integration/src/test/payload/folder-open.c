/* A folder that is being read. */
#include "payload.h"
#include <dirent.h>

PAYLOAD("files", "a folder in the middle of being listed: every name once");

#define NAMES 500

static DIR *folder;
static int times[NAMES];

static int count(int most) {
  int found = 0;
  struct dirent *entry = NULL;
  while (found < most && (entry = readdir(folder)) != NULL) {
    if (entry->d_name[0] != '.') {
      times[atoi(entry->d_name)]++;
      found++;
    }
  }
  return found;
}

static void prepare(void) {
  need(mkdir("folder", 0755), "mkdir");
  for (int i = 0; i < NAMES; i++) {
    char name[100];
    snprintf(name, sizeof name, "folder/%d-%060d", i, i); /* long, so that one read does not get them all */
    put(name, "");
  }
  folder = opendir("folder");
  need(folder ? 0 : -1, "opendir");
  count(NAMES / 3);
}

static void check(void) {
  count(NAMES);
  for (int i = 0; i < NAMES; i++) {
    same("times that a name was listed", times[i], 1);
  }
}
