/* An open file whose name was taken over by another, as package managers and editors do; a program too. */
#include "payload.h"

PAYLOAD("files", "a file that was renamed, a file replaced by another of its name");

static int replaced, renamed;

static void prepare(void) {
  put("name", "old");
  replaced = need(open("name", O_RDONLY), "name");
  put("next", "new content");
  need(rename("next", "name"), "rename");
  put("before", "moved");
  renamed = need(open("before", O_RDONLY), "before");
  need(rename("before", "after"), "rename");
}

static void check(void) {
  char text[100];
  receives("the old file", replaced, "old");
  same_text("the new file", get("name", text, sizeof text), "new content");
  receives("the renamed file", renamed, "moved");
  same("its old name", access("before", F_OK), -1);
}
