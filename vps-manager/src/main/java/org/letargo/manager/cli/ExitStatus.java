package org.letargo.manager.cli;

/**
 * The exit statuses of {@code letargo}. Up to 199 they are those of vzctl(8), with its meaning;
 * from 200 they are ours. Stable: scripts depend on them.
 */
enum ExitStatus {
  OK(0, "done"),
  NOT_ADMITTED(1, "the check has found what stands in the way of a migration"),
  SYSTEM(3, "an error that nobody foresaw, or an operation that was cut off"),
  HOST_UNFIT(5, "the host lacks a program, a kernel feature or a right"),
  START_FAILED(7, "the VPS could not be started"),
  BUSY(9, "another operation is changing the VPS"),
  PERMISSION(12, "no token, an unknown one, or its role does not allow it"),
  NOT_FOUND(14, "there is no VPS, checkpoint, operation, token or peer of that name"),
  SUSPEND_FAILED(16, "something in the VPS cannot be saved; it runs on"),
  RESUME_FAILED(17, "the checkpoint could not be brought to life; it is kept"),
  INVALID_PARAMETER(20, "the command line is wrong"),
  INVALID_VALUE(21, "a value is refused"),
  NOT_RUNNING(31, "the command needs the VPS's processes and there are none"),
  RUNNING(32, "the command needs a VPS without processes and it has some"),
  NAME_TAKEN(44, "a VPS, template or label of that name is there already"),
  NO_SPACE(46, "not enough space on a disk, or memory for a trial"),
  ADDRESS_IN_USE(78, "another VPS has the address"),
  TEMPLATE_NOT_FOUND(91, "there is no template of that name"),
  INTERRUPTED(130, "ended by Ctrl-C; the operation goes on"),
  CHECKPOINT_FAILED(156, "the checkpoint could not be taken; the VPS runs on"),
  FORGET_FAILED(158, "the checkpoint cannot be forgotten; it is kept"),
  REWIND_FAILED(159, "the VPS could not become the checkpoint; it is what it was"),
  MANAGER_UNREACHABLE(201, "the manager does not answer"),
  HOOK_UNREACHABLE(202, "the manager answers but its hook does not"),
  ARCHIVE_REFUSED(203, "the archive is damaged or asks for what no archive may ask"),
  CHECKPOINT_CORRUPT(204, "saved bytes are not what they were"),
  CANCELLED(205, "the operation was cancelled"),
  PORT_IN_USE(206, "another VPS, or the host, has the port"),
  PEER_REFUSED(207, "another host was asked and says no"),
  PEER_UNREACHABLE(208, "another host does not answer, or is not the one that it was");

  private final int number;
  private final String meaning;

  ExitStatus(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  String meaning() {
    return meaning;
  }

  /**
   * The status for an error code of the API. A code that this program does not know yet is {@link
   * #SYSTEM}. WRONG_STATE is {@link #NOT_RUNNING} until {@link WrongState} has looked closer.
   */
  static ExitStatus ofCode(String code) {
    return switch (code) {
      case "INVALID_REQUEST" -> INVALID_VALUE;
      case "UNAUTHENTICATED", "FORBIDDEN" -> PERMISSION;
      case "NOT_FOUND" -> NOT_FOUND;
      case "NAME_TAKEN" -> NAME_TAKEN;
      case "ADDRESS_IN_USE" -> ADDRESS_IN_USE;
      case "PORT_IN_USE" -> PORT_IN_USE;
      case "WRONG_STATE" -> NOT_RUNNING;
      case "BUSY" -> BUSY;
      case "CANCELLED" -> CANCELLED;
      case "NOT_CHECKPOINTABLE" -> SUSPEND_FAILED;
      case "ARCHIVE_REFUSED" -> ARCHIVE_REFUSED;
      case "CHECKPOINT_CORRUPT" -> CHECKPOINT_CORRUPT;
      case "RESUME_FAILED" -> RESUME_FAILED;
      case "START_FAILED" -> START_FAILED;
      case "NO_SPACE" -> NO_SPACE;
      case "HOST_UNFIT" -> HOST_UNFIT;
      case "HOOK_UNREACHABLE" -> HOOK_UNREACHABLE;
      case "PEER_REFUSED" -> PEER_REFUSED;
      case "PEER_UNREACHABLE" -> PEER_UNREACHABLE;
      default -> SYSTEM;
    };
  }

  /** The greater number of the two: what several VPSes together end with. */
  ExitStatus worse(ExitStatus other) {
    return other.number > number ? other : this;
  }
}
