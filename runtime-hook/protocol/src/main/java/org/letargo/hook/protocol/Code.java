package org.letargo.hook.protocol;

/** What kind of failure it is: stable names, part of the API. */
public enum Code {
  /** The request itself is malformed or out of range. */
  INVALID_REQUEST(Blame.CALLER),
  /** No token, or one that is not known. */
  UNAUTHENTICATED(Blame.CALLER),
  /** The token's role does not allow it. */
  FORBIDDEN(Blame.CALLER),
  /** No VPS, template, operation or checkpoint of that name. */
  NOT_FOUND(Blame.CALLER),
  /** A VPS or template of that name is there already. */
  NAME_TAKEN(Blame.CALLER),
  /** Another VPS has the address. */
  ADDRESS_IN_USE(Blame.CALLER),
  /** Another VPS, or the host, has the port. */
  PORT_IN_USE(Blame.CALLER),
  /** The VPS is not in a state that allows it. */
  WRONG_STATE(Blame.CALLER),
  /** Another operation is changing the VPS. */
  BUSY(Blame.CALLER),
  /** The operation was cancelled. */
  CANCELLED(Blame.CALLER),
  /** Something in the VPS cannot be saved. */
  NOT_CHECKPOINTABLE(Blame.CALLER),
  /** Another host was asked and says no. */
  PEER_REFUSED(Blame.CALLER),
  /** The archive is damaged or asks for what no archive may ask. */
  ARCHIVE_REFUSED(Blame.CALLER),
  /** Saved bytes are not what they were. */
  CHECKPOINT_CORRUPT(Blame.HOST),
  /** The checkpoint could not be brought to life; it is kept. */
  RESUME_FAILED(Blame.HOST),
  /** The VPS could not be started. */
  START_FAILED(Blame.HOST),
  /** Not enough space on a disk, or memory for a trial. */
  NO_SPACE(Blame.HOST),
  /** A program, a kernel feature or a right is missing. */
  HOST_UNFIT(Blame.HOST),
  /** The hook does not answer. */
  HOOK_UNREACHABLE(Blame.HOST),
  /** Another host does not answer, or is not the one that it was. */
  PEER_UNREACHABLE(Blame.HOST),
  /** It was under way when a process died; it was finished or rolled back. */
  INTERRUPTED(Blame.HOST),
  /** A fault of ours. */
  INTERNAL(Blame.BUG);

  private final Blame blame;

  Code(Blame blame) {
    this.blame = blame;
  }

  public Blame blame() {
    return blame;
  }
}
