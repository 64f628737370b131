package org.letargo.hook.runtime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns runc's log lines ({@code time="..." level=error msg="..."}) into one sentence. */
public final class RuncMessages {
  private static final Pattern MESSAGE =
      Pattern.compile("level=(?:error|fatal) msg=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static final int CANNOT_RUN = 126;
  private static final int NOT_FOUND = 127;

  private RuncMessages() {}

  /**
   * The status that a shell gives for a command that cannot be run: 127 if there is no such
   * program, else 126. runc itself ends with 255 or 1 for all, as the command might have.
   *
   * @param log what runc wrote into the file of its option {@code --log}
   * @param status what runc ended with
   * @return the status, if runc did run the command
   */
  public static int notRun(String log, int status) {
    if (!log.contains("exec failed: unable to start container process")) {
      return status;
    }
    boolean missing =
        log.contains("executable file not found") || log.contains("no such file or directory");
    return missing ? NOT_FOUND : CANNOT_RUN;
  }

  /**
   * The last error in the text without quotes and time stamps; the text itself if there is none.
   */
  public static String plain(String text) {
    Matcher matcher = MESSAGE.matcher(text);
    String last = null;
    while (matcher.find()) {
      last = matcher.group(1);
    }
    String plain = last == null ? text : last.replace("\\\"", "\"").replace("\\n", " ");
    return plain.strip().replaceAll("\\s+", " ").replaceAll("\\.$", "");
  }
}
