package org.letargo.hook.runtime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns runc's log lines ({@code time="..." level=error msg="..."}) into one sentence. */
public final class RuncMessages {
  private static final Pattern MESSAGE =
      Pattern.compile("level=(?:error|fatal) msg=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private RuncMessages() {}

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
