package org.letargo.manager.operation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an operation does. */
public enum OperationKind {
  CREATE,
  START,
  STOP,
  RESTART,
  DESTROY,
  SUSPEND,
  RESUME,
  PAUSE,
  UNPAUSE,
  EXPORT,
  IMPORT,
  SEND,
  RECEIVE,
  /** A VPS goes to a peer. */
  MIGRATE,
  /** One that has come from a peer becomes this host's. */
  ARRIVE,
  /** An earlier checkpoint of one that has come from a peer follows it. */
  REMEMBER,
  /** One that was to go to a peer stays. */
  TAKE_BACK,
  CHECKPOINT,
  REWIND,
  CLONE,
  FORGET,
  VERIFY,
  TEMPLATE_BUILD,
  TEMPLATE_ADD,
  TEMPLATE_EXPORT,
  TEMPLATE_REMOVE,
  STORE_CHECK,
  STORE_GC,
  STORE_REPAIR;

  /** The word for it everywhere, such as {@code template-build}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static OperationKind parse(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
