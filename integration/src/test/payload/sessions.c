/* Sessions and process groups, those whose leader has ended too. */
#include "payload.h"

PAYLOAD("processes", "sessions and process groups, with leaders that have ended");

static struct waiter leader, member, orphan;
static pid_t session, group, orphan_session;

static void lead(void) { need(setsid(), "setsid"); }
static void led(void) {
  same("session", getsid(0), getpid());
  same("group", getpgrp(), getpid());
}
static void join(void) { need(setpgid(0, 0), "setpgid"); }
static void joined(void) {
  same("group", getpgrp(), getpid());
  same("session", getsid(0), session);
}
static void was_left(void) {
  same("session", getsid(0), orphan_session);
  same("group", getpgrp(), orphan_session);
}

static void lead_and_end(void) {
  orphan_session = need(setsid(), "setsid");
  pid_t pid = fork();
  if (pid == 0) {
    char byte;
    send_all(orphan.begun, &orphan_session, sizeof orphan_session);
    receive_all(orphan.go, &byte, 1);
    was_left();
    send_all(orphan.begun, "k", 1);
    _exit(0);
  }
}

static int said[2], asked[2];

static void prepare(void) {
  session = getsid(0);
  leader = waiter(lead, led);
  member = waiter(join, joined);
  group = member.pid;
  need(pipe(said), "pipe");
  need(pipe(asked), "pipe");
  orphan = (struct waiter){0, said[1], asked[0]};
  ends_well("the leader of a session", child(lead_and_end));
  receive_all(said[0], &orphan_session, sizeof orphan_session);
}

static void check(void) {
  char byte;
  same("session", getsid(0), session);
  same("session of a leader", getsid(leader.pid), leader.pid);
  same("group of a member", getpgid(member.pid), group);
  goes_on("a leader", leader);
  goes_on("a member", member);
  send_all(asked[1], "x", 1);
  receive_all(said[0], &byte, 1);
  same("what the orphan of a session says", byte, 'k');
}
