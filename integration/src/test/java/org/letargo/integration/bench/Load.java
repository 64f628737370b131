package org.letargo.integration.bench;

/**
 * What runs in a container while it is suspended.
 *
 * @param begin a shell script that starts it and waits until it is there
 * @param check one that fails unless it is as it was
 */
record Load(String begin, String check) {
  /** What the template itself starts. */
  static final Load NOTHING = new Load("true", "true");

  private static final String FILL = "/usr/bin/fill";

  /** A process with that much memory, half of it random; its program is {@code /usr/bin/fill}. */
  static Load memory(int mebibytes) {
    return memory(mebibytes, 0);
  }

  /** The same, of which so many mebibytes are filled anew in each second. */
  static Load memory(int mebibytes, int changedPerSecond) {
    return new Load(
        """
        setsid %s %d %d </dev/null >>/run/fill.log 2>&1 &
        i=0
        until grep -q ready /run/fill.log; do
          i=$((i + 1)); [ $i -lt 600 ] || exit 1; usleep 50000
        done
        """
            .formatted(FILL, mebibytes, changedPerSecond),
        """
        echo >/run/fill.log
        kill -USR1 $(pidof fill)
        i=0
        until grep -q same /run/fill.log; do
          if grep DIFFERS /run/fill.log || [ $i -gt 600 ]; then exit 1; fi
          i=$((i + 1)); usleep 50000
        done
        """);
  }
}
