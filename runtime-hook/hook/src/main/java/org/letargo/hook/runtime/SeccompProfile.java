package org.letargo.hook.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.letargo.hook.protocol.Json;

/**
 * The system calls that a VPS does not get, because what they make cannot be saved by the engine or
 * reaches beyond the VPS. Programs that find them missing fall back: systemd, nginx, redis, node
 * and Go all do. All others are allowed; the user namespace keeps them in.
 */
final class SeccompProfile {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  /** Made but not saveable: BPF objects, performance counters, fanotify groups. */
  private static final List<String> NOT_PERMITTED =
      List.of("bpf", "perf_event_open", "fanotify_init");

  /** Programs take ENOSYS for an older kernel and use what they used there. */
  private static final List<String> NOT_THERE =
      List.of(
          "io_uring_setup",
          "io_uring_enter",
          "io_uring_register",
          "userfaultfd",
          "memfd_secret",
          "landlock_create_ruleset");

  /** Not about saving: they act on the host's kernel. */
  private static final List<String> HOST_ONLY =
      List.of(
          "add_key",
          "keyctl",
          "request_key",
          "kexec_load",
          "kexec_file_load",
          "init_module",
          "finit_module",
          "delete_module");

  private SeccompProfile() {}

  static ObjectNode checkpointable() {
    ObjectNode seccomp = Json.MAPPER.createObjectNode();
    seccomp.put("defaultAction", "SCMP_ACT_ALLOW");
    ArrayNode architectures = seccomp.putArray("architectures");
    if (System.getProperty("os.arch").equals("amd64")) {
      architectures.add("SCMP_ARCH_X86_64").add("SCMP_ARCH_X86");
    } else {
      architectures.add("SCMP_ARCH_AARCH64").add("SCMP_ARCH_ARM");
    }
    ArrayNode rules = seccomp.putArray("syscalls");
    deny(rules, NOT_PERMITTED, EPERM);
    deny(rules, NOT_THERE, ENOSYS);
    deny(rules, HOST_ONLY, EPERM);
    return seccomp;
  }

  private static void deny(ArrayNode rules, List<String> names, int errno) {
    ObjectNode rule = rules.addObject().put("action", "SCMP_ACT_ERRNO").put("errnoRet", errno);
    names.forEach(rule.putArray("names")::add);
  }
}
