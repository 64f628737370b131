/* What all payloads share: how they say that something is wrong. */
#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Says what differs, and ends with status 1. */
__attribute__((noreturn, format(printf, 1, 2))) static inline void differs(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("DIFFERS: ");
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
  exit(1);
}

/* Ends with status 2 if a call failed that must work for the payload to say anything. */
static inline long need(long result, const char *call) {
  if (result < 0) {
    printf("CANNOT RUN: %s: %s\n", call, strerror(errno));
    exit(2);
  }
  return result;
}
