package org.letargo.manager.admission;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which flags of a processor (the kernel's words, /proc/cpuinfo) a program may depend on. Programs
 * and libraries look once, at their start, and use for ever what they found; glibc does so for its
 * string functions, its dynamic loader and its mathematics. The other flags are the kernel's own
 * business: virtualization, power, mitigations.
 */
final class ProcessorFlags {
  private static final Set<String> X86 = Set.of("amd64", "x86_64");

  /** Families of instructions, those to come too. */
  private static final List<String> FAMILIES =
      List.of("avx", "amx", "sse", "ssse", "sha", "sm3", "sm4", "bmi", "fma", "apx", "3dnow");

  /** Instructions and register state by their own names. */
  private static final Set<String> SINGLE =
      Set.of(
          // what every x86-64 has; a host without is none that a VPS comes to
          "fpu",
          "tsc",
          "cx8",
          "cmov",
          "mmx",
          "mmxext",
          "fxsr",
          "clflush",
          "syscall",
          "lm",
          // levels 2 to 4 of x86-64
          "cx16",
          "lahf_lm",
          "popcnt",
          "pni",
          "movbe",
          "abm",
          "f16c",
          "xsave",
          // state beside the vectors, which the kernel saves into signal frames and the engine
          // into images
          "xsaveopt",
          "xsavec",
          "xgetbv1",
          "mpx",
          "pku",
          "ospke",
          "user_shstk",
          // found by CPUID and used
          "aes",
          "pclmulqdq",
          "vpclmulqdq",
          "vaes",
          "gfni",
          "adx",
          "rdrand",
          "rdseed",
          "fsgsbase",
          "rdtscp",
          "rdpid",
          "erms",
          "fsrm",
          "fzrm",
          "fsrs",
          "fsrc",
          "rtm",
          "tsxldtrk",
          "fma4",
          "xop",
          "tbm",
          "lwp",
          "clflushopt",
          "clwb",
          "cldemote",
          "movdiri",
          "movdir64b",
          "enqcmd",
          "waitpkg",
          "serialize",
          "ptwrite",
          "cmpccxadd",
          "mwaitx",
          "clzero",
          "prefetchi");

  private ProcessorFlags() {}

  /** Those of the flags, sorted, that the other processor does not have. */
  static Set<String> lacking(List<String> wanted, List<String> there) {
    Set<String> lacking = new TreeSet<>(wanted);
    there.forEach(lacking::remove);
    return lacking;
  }

  /** Whether a program may depend on it; on ARM and others every flag is told to programs. */
  static boolean isForPrograms(String architecture, String flag) {
    return !X86.contains(architecture)
        || SINGLE.contains(flag)
        || FAMILIES.stream().anyMatch(flag::startsWith);
  }
}
