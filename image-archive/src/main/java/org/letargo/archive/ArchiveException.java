package org.letargo.archive;

/**
 * What is wrong with a checkpoint or an archive, as a person reads it: what failed, why, what to
 * do. Failures of disks and streams stay {@link java.io.IOException}s.
 */
public final class ArchiveException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTED = 120;

  /** What sort of wrong it is. */
  public enum Kind {
    /** The bytes are not what they were when they were sealed: damaged, cut short, changed. */
    CORRUPT,
    /** Well formed, but it asks for what no archive may ask. */
    REFUSED,
    /** More bytes than the limits or the disk allow. */
    TOO_LARGE,
    /** Not an archive at all, or one of a newer Letargo. */
    UNSUPPORTED,
    /** The disk of the VPS holds something that cannot be saved. */
    NOT_CAPTURABLE
  }

  private final Kind kind;
  private final String what;
  private final String why;
  private final String remedy;

  private ArchiveException(Kind kind, String what, String why, String remedy, Throwable cause) {
    super(what + ": " + why + "." + (remedy.isEmpty() ? "" : " " + remedy), cause);
    this.kind = kind;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
  }

  /** Bytes that are not what they were. */
  public static ArchiveException corrupt(String what, String why) {
    return corrupt(what, why, null);
  }

  public static ArchiveException corrupt(String what, String why, Throwable cause) {
    return new ArchiveException(
        Kind.CORRUPT, what, why, "Use another copy, or take a new checkpoint.", cause);
  }

  /** Something that no archive may ask for. */
  public static ArchiveException refused(String what, String why) {
    return new ArchiveException(
        Kind.REFUSED, what, why, "Do not use this archive; ask where it comes from.", null);
  }

  /** More than there is room for. */
  public static ArchiveException tooLarge(String what, String why, String remedy) {
    return new ArchiveException(Kind.TOO_LARGE, what, why, remedy, null);
  }

  static ArchiveException unsupported(String what, String why, String remedy) {
    return new ArchiveException(Kind.UNSUPPORTED, what, why, remedy, null);
  }

  /** Something on the disk of a VPS that cannot be saved. */
  public static ArchiveException notCapturable(String what, String why, String remedy) {
    return new ArchiveException(Kind.NOT_CAPTURABLE, what, why, remedy, null);
  }

  /**
   * A value of the archive as it stands in a message: quoted, short, without control characters.
   */
  public static String quoted(String value) {
    String shown =
        value.length() <= MAX_QUOTED
            ? value
            : value.substring(0, MAX_QUOTED) + "... (" + value.length() + " characters)";
    return "'" + shown.replaceAll("[\\p{Cntrl}\\p{Cf}\\x80-\\x9f]", "?") + "'";
  }

  public Kind kind() {
    return kind;
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
