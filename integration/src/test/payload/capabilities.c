/* Capability sets, secure bits. */
#include "payload.h"
#include <linux/capability.h>
#include <linux/securebits.h>

PAYLOAD("credentials", "capability sets: permitted, effective, inheritable, ambient, bounding; secure bits");

#define BIT(n) (1ULL << (n))

static struct waiter process;
static char before[5][20];
static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};

static void read_sets(char into[5][20]) {
  for (int i = 0; i < 5; i++) {
    snprintf(into[i], 20, "%s", field("/proc/self/status", sets[i]));
  }
}

static void reduce(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0}};
  need(prctl(PR_CAPBSET_DROP, CAP_MKNOD), "PR_CAPBSET_DROP");
  need(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP), "PR_SET_SECUREBITS");
  data[0].permitted = BIT(CAP_CHOWN) | BIT(CAP_KILL) | BIT(CAP_NET_ADMIN);
  data[0].effective = BIT(CAP_CHOWN);
  data[0].inheritable = BIT(CAP_KILL) | BIT(CAP_NET_ADMIN);
  need(syscall(SYS_capset, &header, data), "capset");
  need(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0), "PR_CAP_AMBIENT_RAISE");
  read_sets(before);
}

static void remain(void) {
  char after[5][20];
  read_sets(after);
  for (int i = 0; i < 5; i++) {
    same_text(sets[i], after[i], before[i]);
  }
  same("secure bits", prctl(PR_GET_SECUREBITS), SECBIT_NOROOT | SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP);
}

static void prepare(void) { process = waiter(reduce, remain); }

static void check(void) { goes_on("the process", process); }
