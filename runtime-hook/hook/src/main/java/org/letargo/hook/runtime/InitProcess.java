package org.letargo.hook.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The PID 1 of a VPS as the host counts it. A number alone may be reused, so the kernel's start
 * time (field 22 of /proc/PID/stat, proc(5)) belongs to it.
 *
 * @param startTicks clock ticks after boot
 */
public record InitProcess(long pid, long startTicks) {
  private static final int STATE_FIELD = 0;
  private static final int START_FIELD = 19;

  /** Whether it is there and not a zombie. */
  public boolean isAlive() {
    try {
      // The command name is any bytes: of a name in UTF-8 the kernel keeps 15, not whole
      // characters.
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      String state = fields(stat)[STATE_FIELD];
      return startTicks(stat) == startTicks && !state.equals("Z") && !state.equals("X");
    } catch (IOException e) {
      return false; // no such process, or it went while we looked
    }
  }

  /** The start time in a text of /proc/PID/stat. */
  static long startTicks(String stat) {
    return Long.parseLong(fields(stat)[START_FIELD]);
  }

  /** Behind the command name, which may hold blanks and brackets: the state is field 3. */
  private static String[] fields(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }
}
