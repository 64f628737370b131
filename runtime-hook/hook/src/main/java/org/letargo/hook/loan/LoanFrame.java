package org.letargo.hook.loan;

import java.nio.ByteBuffer;

/** What goes over the stream of a loan, see the package. */
sealed interface LoanFrame {
  /** The longest text in a frame, in bytes of UTF-8. */
  int MAX_TEXT_BYTES = 1 << 10;

  /** What both must speak. */
  int VERSION = 1;

  /** The lender is there; its first frame, before it is asked for anything. */
  record Hello(int version) implements LoanFrame {}

  /** The borrower lives, and wants its lease renewed. */
  record Ping(long number) implements LoanFrame {}

  /** The lender has heard that, and promises what {@link Lease} says. */
  record Pong(long number) implements LoanFrame {}

  /** How much the borrower wants a window. */
  enum Haste {
    /** Some time: nobody waits for it yet. */
    AHEAD,
    /** Before all that is wanted ahead: a task of the VPS may wait for it. */
    URGENT,
    /** It was asked for ahead and is urgent now; no second answer is wanted. */
    HURRY
  }

  /**
   * The borrower wants windows that follow one another; each is answered once by {@link Pages}, but
   * for {@link Haste#HURRY}.
   */
  record Ask(int first, int count, Haste haste) implements LoanFrame {
    Ask(int window, Haste haste) {
      this(window, 1, haste);
    }
  }

  /**
   * A window.
   *
   * @param content its pages one behind another; good until the next frame is read
   */
  record Pages(int window, ByteBuffer content) implements LoanFrame {}

  /** The lender has not got its memory any more. */
  record Lost(String reason) implements LoanFrame {}

  /** The VPS runs at the borrower, and lacks memory. */
  record Running() implements LoanFrame {}

  /** The borrower needs nothing more. Its lease binds it until that is answered. */
  record AllHere() implements LoanFrame {}

  /**
   * The lender will not let its processes go on by itself any more, whatever happens to it: the
   * borrower is free of the lease.
   */
  record Yours() implements LoanFrame {}

  /** The borrower has noted durably that the VPS is its own: the lender's processes may end. */
  record Paid() implements LoanFrame {}

  /** The borrower has killed its copy of the VPS: no process of it runs. */
  record Killed(String reason) implements LoanFrame {}
}
