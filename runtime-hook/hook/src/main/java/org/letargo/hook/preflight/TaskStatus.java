package org.letargo.hook.preflight;

import java.io.IOException;

/**
 * What /proc/PID/status tells of a process.
 *
 * @param command its name, at most 15 bytes
 * @param state R, S, D, T, t, Z, ...
 * @param parent as the host counts
 * @param tracer as the host counts; 0 if nobody traces it
 * @param pid as its innermost pid namespace counts
 * @param session the same for its session; 0 if the leader is outside
 * @param threads how many live; a first thread that has ended counts until the last has
 * @param switches how often it was switched: it has not moved while that stands still
 * @param processors those that it may run on, such as {@code 0-3}
 */
record TaskStatus(
    String command,
    char state,
    long parent,
    long tracer,
    int pid,
    int session,
    int threads,
    long switches,
    String processors) {

  static TaskStatus read(long hostPid) throws IOException {
    return parse(ProcFile.read("/proc/" + hostPid + "/status"));
  }

  static TaskStatus parse(String text) {
    return new TaskStatus(
        ProcFile.shown(value(text, "Name")),
        value(text, "State").isEmpty() ? '?' : value(text, "State").charAt(0),
        number(value(text, "PPid")),
        number(value(text, "TracerPid")),
        (int) number(last(value(text, "NSpid"))),
        (int) number(last(value(text, "NSsid"))),
        (int) number(value(text, "Threads")),
        number(value(text, "voluntary_ctxt_switches"))
            + number(value(text, "nonvoluntary_ctxt_switches")),
        value(text, "Cpus_allowed_list"));
  }

  /** Whether its first thread has ended and others have not; what they share is out of sight. */
  boolean hasDeadFirstThread() {
    return state == 'Z' && threads > 1;
  }

  /** A line feed in a name is written as \n there, so no name can forge a line. */
  private static String value(String text, String key) {
    String head = key + ":\t";
    int start = text.startsWith(head) ? 0 : text.indexOf("\n" + head) + 1;
    if (start == 0 && !text.startsWith(head)) {
      return "";
    }
    int end = text.indexOf('\n', start);
    return text.substring(start + head.length(), end < 0 ? text.length() : end);
  }

  private static String last(String tabbed) {
    return tabbed.substring(tabbed.lastIndexOf('\t') + 1);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
