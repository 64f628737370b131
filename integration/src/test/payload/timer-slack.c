/* How late timers may be. */
#include "payload.h"

PAYLOAD("processes", "timer slack");

static struct waiter process;

static void set(void) { need(prctl(PR_SET_TIMERSLACK, 1234567), "PR_SET_TIMERSLACK"); }
static void is_set(void) { same("timer slack", prctl(PR_GET_TIMERSLACK), 1234567); }

static void prepare(void) { process = waiter(set, is_set); }

static void check(void) { goes_on("the process", process); }
