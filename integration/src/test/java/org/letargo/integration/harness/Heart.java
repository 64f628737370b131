package org.letargo.integration.harness;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program in a VPS that holds memory which only it knows, and checks it when asked: proof that a
 * VPS went on, instead of being started again.
 */
public final class Heart {
  private static final Pattern SAID = Pattern.compile("([0-9a-f]{16}) ([0-9]+) (.*)");

  private final Vps vps;
  private final String seed;
  private long beats;

  private Heart(Vps vps, String seed, long beats) {
    this.vps = vps;
    this.seed = seed;
    this.beats = beats;
  }

  /** Starts it in a running VPS. */
  public static Heart start(Vps vps, int mebibytes) {
    String program = vps.installPayload("heart");
    vps.daemon("heart", program + " " + mebibytes + " /run/heart.said");
    Matcher first = hear(vps, "");
    return new Heart(vps, first.group(1), Long.parseLong(first.group(2)));
  }

  /** The same program in a clone. */
  public Heart in(Vps clone) {
    return new Heart(clone, seed, beats);
  }

  /** Fails unless it is the same process, its memory is whole, and it has gone on. */
  public void expectAlive() {
    long before = beats;
    expectWhole();
    if (beats <= before) {
      throw new AssertionError(
          "the program of '%s' went back from %d to %d".formatted(vps.name(), before, beats));
    }
  }

  /** The same for one that may be an earlier moment of it: each import of one archive is. */
  public void expectWhole() {
    Matcher said = hear(vps, "rm -f /run/heart.said; killall -USR1 heart");
    if (!said.group(1).equals(seed) || !said.group(3).equals("ok")) {
      throw new AssertionError(
          "the program of '%s' was %s, and says %s".formatted(vps.name(), seed, said.group()));
    }
    beats = Long.parseLong(said.group(2));
  }

  private static Matcher hear(Vps vps, String ask) {
    String said =
        vps.sh(
            ask
                + """

                for try in $(seq 400); do
                  if [ -s /run/heart.said ]; then exec cat /run/heart.said; fi
                  sleep 0.05
                done
                echo silent
                """);
    Matcher matcher = SAID.matcher(said);
    if (!matcher.matches()) {
      throw new AssertionError("the program of '" + vps.name() + "' says: " + said);
    }
    return matcher;
  }
}
