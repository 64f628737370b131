/* The processor's own stack of return addresses: what it finds differs from the other one is an attack. */
#include "payload.h"

PAYLOAD("threads and locks", "shadow stack: returns go on, and it stays on");

#define ARCH_SHSTK_ENABLE 0x5001
#define ARCH_SHSTK_STATUS 0x5005
#define ARCH_SHSTK_SHSTK 1
#define NONE_HERE 3

static int begun[2], go[2];
static pid_t process;

/* Without a function that would return: of that the new shadow stack knows nothing. */
static inline __attribute__((always_inline)) long arch_prctl(long code, long argument) {
  long result;
#ifdef __x86_64__
  __asm__ volatile("syscall" : "=a"(result) : "0"(SYS_arch_prctl), "D"(code), "S"(argument) : "rcx", "r11", "memory");
#else
  result = -ENOSYS;
#endif
  return result;
}

static __attribute__((noinline)) void wait_deeply(int depth) {
  if (depth > 0) {
    wait_deeply(depth - 1);
    __asm__ volatile("" ::: "memory"); /* no tail call: each level has to return */
    return;
  }
  char byte;
  send_all(begun[1], "b", 1);
  receive_all(go[0], &byte, 1);
}

static void protected(void) {
  uint64_t features = 0;
  if (arch_prctl(ARCH_SHSTK_ENABLE, ARCH_SHSTK_SHSTK) != 0) {
    _exit(NONE_HERE);
  }
  wait_deeply(100);
  long result = arch_prctl(ARCH_SHSTK_STATUS, (long)&features);
  _exit(result == 0 && (features & ARCH_SHSTK_SHSTK) ? 0 : 1);
}

static void prepare(void) {
  int status;
  char byte;
  need(pipe2(begun, O_CLOEXEC), "pipe");
  need(pipe2(go, O_CLOEXEC), "pipe");
  process = child(protected);
  close(begun[1]);
  if (read(begun[0], &byte, 1) == 1) {
    return;
  }
  need(waitpid(process, &status, 0), "waitpid");
  if (WIFEXITED(status) && WEXITSTATUS(status) == NONE_HERE) {
    absent("shadow stacks of the processor");
  }
  fails("the process with a shadow stack ended with status 0x%x", status);
}

static void check(void) {
  send_all(go[1], "g", 1);
  ends_well("the process with a shadow stack", process);
}
