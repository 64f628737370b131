package org.letargo.linux;

import java.util.Map;

/** Numbers of signals, as glibc programs use them; see signal(7). */
public final class Signals {
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGKILL = 9;
  public static final int SIGUSR1 = 10;
  public static final int SIGUSR2 = 12;
  public static final int SIGTERM = 15;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGPWR = 30;

  /** The first real-time signal that programs may use: glibc keeps 32 and 33 for itself. */
  public static final int SIGRTMIN = 34;

  private static final Map<String, Integer> BY_NAME =
      Map.of(
          "SIGHUP", SIGHUP,
          "SIGINT", SIGINT,
          "SIGKILL", SIGKILL,
          "SIGUSR1", SIGUSR1,
          "SIGUSR2", SIGUSR2,
          "SIGTERM", SIGTERM,
          "SIGCONT", SIGCONT,
          "SIGSTOP", SIGSTOP,
          "SIGPWR", SIGPWR,
          "SIGRTMIN", SIGRTMIN);

  private Signals() {}

  /**
   * The number of a signal by its name, {@code SIGTERM} or {@code SIGRTMIN+3} say.
   *
   * @throws IllegalArgumentException if the name is none of those above
   */
  public static int parse(String name) {
    int plus = name.indexOf('+');
    Integer base = BY_NAME.get(plus < 0 ? name : name.substring(0, plus));
    if (base != null && plus < 0) {
      return base;
    }
    String offset = plus < 0 ? "" : name.substring(plus + 1);
    if (base != null && base == SIGRTMIN && offset.matches("[0-9]|[12][0-9]|30")) {
      return SIGRTMIN + Integer.parseInt(offset);
    }
    throw new IllegalArgumentException("unknown signal '" + name + "'");
  }
}
