package org.letargo.hook.protocol;

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

  /**
   * @param what what failed, without a full stop
   * @param why the reason, without a full stop
   * @param remedy what to do, a full sentence; may be empty
   * @param cause for the log, null if there is none
   */
  public VpsException(Code code, String what, String why, String remedy, Throwable cause) {
    super(what + ": " + why + "." + (remedy.isEmpty() ? "" : " " + remedy), cause);
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
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
}
