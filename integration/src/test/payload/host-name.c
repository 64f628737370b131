/* What a VPS is called. */
#include "payload.h"
#include <sys/utsname.h>

PAYLOAD("namespaces", "host name and domain name that the VPS has set");

static struct utsname before;

static void prepare(void) {
  need(uname(&before), "uname");
  need(sethostname("another-name", 12), "sethostname");
  need(setdomainname("example.org", 11), "setdomainname");
}

static void check(void) {
  struct utsname after;
  need(uname(&after), "uname");
  same_text("host name", after.nodename, "another-name");
  same_text("domain name", after.domainname, "example.org");
  sethostname(before.nodename, strlen(before.nodename));
  setdomainname(before.domainname, strlen(before.domainname));
}
