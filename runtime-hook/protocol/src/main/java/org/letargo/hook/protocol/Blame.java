package org.letargo.hook.protocol;

/** Who can mend a failure. HTTP status and exit status follow from the code that carries it. */
public enum Blame {
  /** The request was wrong or came at a wrong time. */
  CALLER,
  /** The machine lacks something: space, a kernel feature, a program. */
  HOST,
  /** We are wrong. */
  BUG
}
