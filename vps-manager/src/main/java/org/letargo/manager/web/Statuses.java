package org.letargo.manager.web;

import org.letargo.hook.protocol.Code;

/** The one place where a code becomes an HTTP status. */
public final class Statuses {
  private Statuses() {}

  public static int of(Code code) {
    return switch (code) {
      case INVALID_REQUEST -> 400;
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case NAME_TAKEN,
          ADDRESS_IN_USE,
          PORT_IN_USE,
          WRONG_STATE,
          BUSY,
          CANCELLED,
          NOT_CHECKPOINTABLE,
          PEER_REFUSED ->
          409;
      case ARCHIVE_REFUSED -> 422;
      case CHECKPOINT_CORRUPT, RESUME_FAILED, START_FAILED, HOST_UNFIT, INTERRUPTED, INTERNAL ->
          500;
      case HOOK_UNREACHABLE, PEER_UNREACHABLE -> 503;
      case NO_SPACE -> 507;
    };
  }
}
