package org.letargo.hook.protocol;

import java.util.regex.Pattern;

/** How one Letargo of a host is called: hook and manager read it from the same file. */
public final class InstanceName {
  /** The rule in words. */
  public static final String RULE =
      "1 to 16 lower-case letters, digits and hyphens, a letter first";

  private static final Pattern ALLOWED = Pattern.compile("[a-z][a-z0-9-]{0,15}");

  private InstanceName() {}

  public static boolean isAllowed(String name) {
    return ALLOWED.matcher(name).matches();
  }
}
