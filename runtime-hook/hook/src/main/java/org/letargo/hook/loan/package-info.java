/**
 * Memory that a VPS has left behind on the host that it came from (docs/design/016-postcopy.md).
 * The <em>lender</em> keeps the frozen processes and answers from them; the <em>borrower</em> runs
 * the VPS and asks for what it lacks. In between is one stream of bytes in each direction, whoever
 * carries it:
 *
 * <pre>
 *   borrower                                  lender
 *                          &lt;----------------- HELLO version
 *   PING n                 -----------------&gt; from now on the lender waits longer than the lease
 *                          &lt;----------------- PONG n         before it lets its processes go on
 *   ASK window, haste      -----------------&gt;
 *                          &lt;----------------- PAGES window   urgent ones first
 *                          &lt;----------------- LOST reason    the lender has not got them any more
 *   RUNNING                -----------------&gt; (shows it)
 *   ALL_HERE               -----------------&gt; (durably) its processes do not go on by themselves
 *                          &lt;----------------- YOURS
 *   (durably) its own
 *   PAID                   -----------------&gt; its processes are ended
 *
 *   or at any time before:
 *   KILLED reason          -----------------&gt; its processes go on
 * </pre>
 *
 * {@link org.letargo.hook.loan.LentMemory} is the lender's end, {@link
 * org.letargo.hook.loan.BorrowedMemory} the borrower's. Both know from the pagemap images what is
 * lent ({@link org.letargo.hook.loan.LentWindows}), so nothing but a number is asked for, and
 * nothing that was not asked for is taken. The package does not know what a migration is.
 */
package org.letargo.hook.loan;
