/*
 * What all payloads share. A payload prepares a state, waits over a suspension, and then checks itself:
 *
 *   PAYLOAD("pipes", "bytes that wait in a pipe");
 *   static void prepare(void) { ... }
 *   static void check(void) { ... }
 *
 * IMPOSSIBLE is for a state that nobody can save: preflight names it by its code, and a suspend is refused.
 * All payloads are one program, which runs the one by whose name it is called; see conductor.c for the life of one.
 */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct payload {
  const char *name;
  const char *group;
  const char *shows;
  const char *impossible; /* the code of the obstacle, or empty */
  void (*prepare)(void);
  void (*check)(void);
};

#define REGISTER(group, shows, code)                                                                                   \
  static void prepare(void);                                                                                           \
  static void check(void);                                                                                             \
  static const struct payload self = {PAYLOAD_NAME, group, shows, code, prepare, check};                               \
  __attribute__((section("payloads"), used)) static const struct payload *const entry = &self
#define PAYLOAD(group, shows) REGISTER(group, shows, "")
#define IMPOSSIBLE(group, shows, code) REGISTER(group, shows, code)

/* Ends the payload, whichever of its processes says so; the first word counts. */
__attribute__((noreturn)) void finish(const char *outcome);

/* It differs from what it was. */
__attribute__((noreturn, format(printf, 1, 2))) void fails(const char *format, ...);

/* This kernel or machine does not have what the payload is about. */
__attribute__((noreturn, format(printf, 1, 2))) void absent(const char *format, ...);

/* Fails with the call and errno if the result is negative. */
long need(long result, const char *call);

/* Fails unless the numbers are the same. */
void same(const char *what, long found, long wanted);
void same_text(const char *what, const char *found, const char *wanted);
void same_bytes(const char *what, const void *found, const void *wanted, size_t length);

/* A child that runs this and then exits with status 0. */
pid_t child(void (*run)(void));
/* Waits for its end with status 0. */
void ends_well(const char *what, pid_t pid);
/* A child that runs this, waits for a byte and then runs that; begun says when it has run the first. */
struct waiter {
  pid_t pid;
  int begun;
  int go;
};
struct waiter waiter(void (*before)(void), void (*after)(void));
/* Lets it go on, and waits for its end with status 0. */
void goes_on(const char *what, struct waiter waiter);

/* Waits until this is true, 10 s at most. */
void until(const char *what, bool (*is_so)(void));
/* Waits until it sleeps in this system call, or in any if the number is -1. */
void sleeps(pid_t tid, long number);
int64_t monotonic_millis(void);

/* Writes all of a text to a file that is made for it. */
void put(const char *path, const char *text);
/* Reads a small file into a buffer that ends with 0. */
char *get(const char *path, char *buffer, size_t size);
/* The value of a line KEY:\tVALUE of a file of /proc, in a static buffer. */
char *field(const char *path, const char *key);
/* Fills with bytes that only this seed makes. */
void fill(void *buffer, size_t length, uint64_t seed);
/* Fails unless it is filled so. */
void filled(const char *what, const void *buffer, size_t length, uint64_t seed);
/* Writes and reads all, or fails. */
void send_all(int fd, const void *bytes, size_t length);
void receive_all(int fd, void *bytes, size_t length);
/* Fails unless these very bytes are next. */
void receives(const char *what, int fd, const char *text);
