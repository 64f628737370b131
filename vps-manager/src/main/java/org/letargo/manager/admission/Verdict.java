package org.letargo.manager.admission;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What one thing means for the move of a VPS.
 *
 * @param finding a sentence without a full stop: what is there, or what differs
 * @param remedy what to do, full sentences; empty where there is nothing to do
 */
public record Verdict(Topic topic, Level level, String finding, String remedy) {
  /** What was looked at, in the order in which it is told. */
  public enum Topic {
    PROTOCOL,
    STATE,
    NAME,
    ADDRESS,
    NETWORK,
    PORTS,
    TEMPLATE,
    MEMORY,
    STORE,
    DISK,
    ARCHITECTURE,
    PROCESSOR,
    KERNEL,
    ENGINE,
    RUNTIME,
    CGROUPS;

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    FINE,
    /** It differs, and the VPS will most likely not notice. */
    WARNING,
    /** The VPS would not come, or not live there. */
    REFUSED;

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Verdict fine(Topic topic, String finding) {
    return new Verdict(topic, Level.FINE, finding, "");
  }

  static Verdict warning(Topic topic, String finding, String remedy) {
    return new Verdict(topic, Level.WARNING, finding, remedy);
  }

  static Verdict refused(Topic topic, String finding, String remedy) {
    return new Verdict(topic, Level.REFUSED, finding, remedy);
  }

  boolean isRefused() {
    return level == Level.REFUSED;
  }
}
