package org.letargo.hook.protocol;

import java.util.List;
import java.util.Optional;

/**
 * A failure as a person reads it: what failed, why, what to do; with a {@link Code} for programs.
 * Crosses the protocol, the API and the command line unchanged.
 */
public final class VpsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTED = 80;

  private final Code code;
  private final String what;
  private final String why;
  private final String remedy;

  /** Null where the sentences say all; it does not travel with Java's own serialization. */
  private final transient Explanation explanation;

  /**
   * @param what what failed, without a full stop
   * @param why the reason, without a full stop
   * @param remedy what to do, a full sentence; may be empty
   * @param cause for the log, null if there is none
   */
  public VpsException(Code code, String what, String why, String remedy, Throwable cause) {
    this(code, what, why, remedy, null, cause);
  }

  private VpsException(
      Code code, String what, String why, String remedy, Explanation explanation, Throwable cause) {
    super(what + ": " + why + "." + (remedy.isEmpty() ? "" : " " + remedy), cause);
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
    this.explanation = explanation;
  }

  public VpsException(Code code, String what, String why, String remedy) {
    this(code, what, why, remedy, null);
  }

  public static VpsException invalid(String what, String why, String remedy) {
    return new VpsException(Code.INVALID_REQUEST, what + " is refused", why, remedy);
  }

  public static VpsException notFound(VpsName vps) {
    return new VpsException(
        Code.NOT_FOUND,
        "there is no VPS '" + vps + "'",
        "none of that name is on this host",
        "List them with 'letargo list'.");
  }

  /**
   * @param checkpoint as it was asked for: an id, a prefix of one, or a label
   */
  public static VpsException notFound(VpsName vps, String checkpoint) {
    return new VpsException(
        Code.NOT_FOUND,
        "there is no checkpoint " + quoted(checkpoint) + " of VPS '" + vps + "'",
        "none of its timeline has that id or label",
        "List them with 'letargo timeline " + vps + "'.");
  }

  public static VpsException busy(VpsName vps, OperationId running) {
    return new VpsException(
        Code.BUSY,
        "cannot change VPS '" + vps + "'",
        "operation " + running + " is still running on it",
        "Wait for it with 'letargo ops show " + running + "', or cancel it.");
  }

  public static VpsException wrongState(VpsName vps, String verb, String state, String remedy) {
    return new VpsException(
        Code.WRONG_STATE, "cannot " + verb + " VPS '" + vps + "'", "it is " + state, remedy);
  }

  /**
   * A suspension, or a checkpoint, that is refused or has failed for what is in the VPS; nothing of
   * it is frozen.
   *
   * @param verb what was to be done: {@code suspend} or {@code checkpoint}
   * @param obstacles at least one, the likeliest cause first
   * @param log lines of the engine's log; none if it was not even asked
   */
  public static VpsException notCheckpointable(
      VpsName vps, String verb, List<Obstacle> obstacles, List<String> log) {
    Obstacle first = obstacles.getFirst();
    int more = obstacles.size() - 1;
    return new VpsException(
            Code.NOT_CHECKPOINTABLE,
            "cannot " + verb + " VPS '" + vps + "'",
            first.sentence()
                + (more == 0 ? "" : "; and " + more + " more obstacle" + (more == 1 ? "" : "s")),
            (first.remedy() + " The VPS runs on.").strip())
        .explained(new Explanation(obstacles, log));
  }

  /** A fault of ours, or an I/O error that nobody foresaw; the cause goes to the log. */
  public static VpsException internal(String what, Throwable cause) {
    return new VpsException(
        Code.INTERNAL, what, String.valueOf(cause), "Please report it with the log.", cause);
  }

  /** A user's value as it stands in a message: quoted, shortened, without control characters. */
  public static String quoted(String value) {
    if (value == null) {
      return "(none)";
    }
    String shown =
        value.length() <= MAX_QUOTED
            ? value
            : value.substring(0, MAX_QUOTED) + "... (" + value.length() + " characters)";
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  /** The same failure with what lies behind it. */
  public VpsException explained(Explanation behind) {
    return new VpsException(code, what, why, remedy, behind, getCause());
  }

  /** The same failure with what lies behind it, if anything does. */
  public VpsException explained(Optional<Explanation> behind) {
    return behind.map(this::explained).orElse(this);
  }

  public Code code() {
    return code;
  }

  public String what() {
    return what;
  }

  public String why() {
    return why;
  }

  public String remedy() {
    return remedy;
  }

  /** What lies behind it: obstacles, and lines of the engine's log. */
  public Optional<Explanation> explanation() {
    return Optional.ofNullable(explanation);
  }
}
