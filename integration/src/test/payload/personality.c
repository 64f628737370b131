/* The execution domain of a process. */
#include "payload.h"
#include <sys/personality.h>

PAYLOAD("processes", "personality: no address randomization, an old kernel's version");

static struct waiter process;

static void set(void) { need(personality(ADDR_NO_RANDOMIZE | UNAME26), "personality"); }
static void is_set(void) { same("personality", personality(0xffffffff), ADDR_NO_RANDOMIZE | UNAME26); }

static void prepare(void) { process = waiter(set, is_set); }

static void check(void) { goes_on("the process", process); }
