/* Whom the kernel kills first. */
#include "payload.h"

PAYLOAD("scheduling", "oom score adjustment");

static struct waiter process;

static void raise_score(void) { put("/proc/self/oom_score_adj", "321"); }
static void is_raised(void) {
  char text[20];
  same_text("adjustment", get("/proc/self/oom_score_adj", text, sizeof text), "321\n");
}

static void prepare(void) { process = waiter(raise_score, is_raised); }

static void check(void) { goes_on("the process", process); }
