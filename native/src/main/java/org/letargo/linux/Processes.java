package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;

/**
 * Signals by number of the process. Prefer {@link Pidfd}, which cannot hit a process that reuses
 * the number.
 */
public final class Processes {
  private Processes() {}

  /**
   * Sends a signal to a process, or to a process group if the number is negative.
   *
   * @throws NativeException ESRCH if there is none; EPERM
   */
  public static void kill(long pid, int signal) {
    if (pid == 0 || pid == -1) {
      throw new IllegalArgumentException("pid " + pid + " means many processes, us among them");
    }
    try {
      LIBC.kill(Math.toIntExact(pid), signal);
    } catch (LastErrorException e) {
      throw new NativeException("kill(" + pid + ", " + signal + ")", e);
    }
  }
}
