package org.letargo.hook.loan;

import java.time.Duration;

/**
 * The times that keep a VPS from running twice when the link breaks. The borrower may let the VPS
 * run for {@link #LEASE} after it has <em>sent</em> a PING that was answered; then it kills it by
 * itself. The lender lets its processes go on no earlier than {@link #GRACE} after it has
 * <em>received</em> the last PING that it answered, so later by {@code GRACE - LEASE} than the
 * borrower's end whatever the link did, as nothing is received before it was sent. The two clocks
 * need not agree on the time, only on how fast it goes by.
 */
public final class Lease {
  /** How often the borrower asks. */
  static final Duration BEAT = Duration.ofSeconds(1);

  /** How long an answered PING lets the VPS run, counted from when it was sent. */
  public static final Duration LEASE = Duration.ofSeconds(12);

  /** How long the lender waits after the last PING that it answered, or after its own start. */
  public static final Duration GRACE = Duration.ofSeconds(30);

  private Lease() {}
}
