package org.letargo.hook.loan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lender's end of a loan: answers the borrower from memory that stands still, urgent windows
 * before others, until the borrower says how it ended or is not heard any more. It changes nothing
 * at the processes; what they are to do its caller decides by the {@link Outcome}.
 *
 * <p>Two threads of its own while {@link #serve} is under way: one reads, one answers.
 */
public final class LentMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LentMemory.class);

  /** More than any borrower of ours asks for ahead; a queue of numbers only. */
  private static final int MAX_ASKED = 4096;

  /** How it ended. */
  public sealed interface Outcome {
    /** The borrower's copy is its own, durably: these processes must never run again. */
    record Paid() implements Outcome {}

    /**
     * The borrower's copy is dead, by its own word: these processes may go on at once.
     *
     * @param reason for people, from the borrower
     */
    record GivenBack(String reason) implements Outcome {}

    /**
     * The borrower fell silent before it had everything. It kills its copy by itself: these
     * processes may go on after {@code atLeast}, not before.
     *
     * @param reason for people
     * @param atLeast until the borrower's copy is dead for certain, from now on
     */
    record Unheard(String reason, Duration atLeast) implements Outcome {}

    /**
     * The borrower fell silent when it had everything: its copy may live and may be dead. These
     * processes stand still until it says which.
     *
     * @param reason for people
     */
    record InDoubt(String reason) implements Outcome {}
  }

  /** Hears how a loan goes; on threads of it, which wait meanwhile. */
  public interface Listener {
    /** The VPS runs at the borrower; it may not be told. */
    void running();

    /** So much has gone; a window that was asked for twice counts once. */
    void sent(long bytes);

    /**
     * The borrower has everything; once. Must note durably that from now on only the borrower's
     * word lets these processes go on. If it throws they may, after the grace.
     */
    void allThere();
  }

  /** Who decides over the processes. */
  private enum Hold {
    /** We, after the grace. */
    LENT,
    /** The borrower has everything; what that means is being noted. */
    ALL_THERE,
    /** The borrower, and has to be told so. */
    YOURS,
    /** The borrower, and was told so. */
    TOLD
  }

  private final LentWindows windows;
  private final PageSource memory;
  private final LoanStream stream;
  private final Duration grace;
  private final Listener listener;
  private final ByteBuffer content = ByteBuffer.allocateDirect(LentWindows.WINDOW_BYTES);

  /** All guarded by this. */
  private final Deque<Integer> urgent = new ArrayDeque<>();

  private final Set<Integer> ahead = new LinkedHashSet<>();
  private final BitSet sent = new BitSet();
  private Optional<Long> ping = Optional.empty();
  private Optional<Outcome> outcome = Optional.empty();
  private long freeNanos;
  private long sentBytes;
  private Hold hold = Hold.LENT;

  /**
   * @param windows what the borrower takes for lent too
   * @param memory stays the caller's; only one thread reads it
   * @param stream closed with this
   */
  public LentMemory(LentWindows windows, PageSource memory, LoanStream stream, Listener listener) {
    this(windows, memory, stream, listener, Lease.GRACE);
  }

  LentMemory(
      LentWindows windows,
      PageSource memory,
      LoanStream stream,
      Listener listener,
      Duration grace) {
    this.windows = windows;
    this.memory = memory;
    this.stream = stream;
    this.listener = listener;
    this.grace = grace;
    this.freeNanos = System.nanoTime() + grace.toNanos();
  }

  /**
   * Serves until the loan has ended, in whatever way; once.
   *
   * @throws InterruptedException the loan ends then, as if the link had broken
   */
  public Outcome serve() throws InterruptedException {
    Thread reader = Thread.ofPlatform().name("loan-asked").daemon(true).start(this::hear);
    Thread answerer = Thread.ofPlatform().name("loan-lent").daemon(true).start(this::answer);
    try {
      return awaitEnd();
    } finally {
      close();
      reader.interrupt(); // the input of a request cannot be closed by who answers it
      reader.join();
      answerer.interrupt();
      answerer.join();
    }
  }

  private synchronized Outcome awaitEnd() throws InterruptedException {
    while (outcome.isEmpty()) {
      long leftNanos = freeNanos - System.nanoTime();
      if (leftNanos <= 0) {
        end(silence("nothing was heard of the other host for " + grace.toSeconds() + " s"));
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
      }
    }
    return outcome.get();
  }

  private void hear() {
    try {
      while (isUnderWay()) {
        LoanFrame frame = stream.read();
        hear(frame);
        switch (frame) {
          case LoanFrame.AllHere() -> giveUp();
          case LoanFrame.Running() -> listener.running();
          default -> {}
        }
      }
    } catch (IOException | RuntimeException e) {
      breakOff(e);
    }
  }

  /** Neither under the lock, nor on the thread that answers: it writes to the disk. */
  private void giveUp() {
    try {
      listener.allThere();
    } catch (RuntimeException e) {
      synchronized (this) {
        hold = Hold.LENT; // it was not told: it is bound by its lease, and will kill its copy
      }
      throw e;
    }
    synchronized (this) {
      hold = Hold.YOURS;
      notifyAll();
    }
  }

  private synchronized boolean isUnderWay() {
    return outcome.isEmpty();
  }

  private synchronized void breakOff(Exception cause) {
    if (outcome.isEmpty()) { // else it is our own end
      end(silence("the connection to the other host broke (" + cause.getMessage() + ")"));
    }
  }

  private Outcome silence(String reason) {
    if (hold != Hold.LENT) {
      return new Outcome.InDoubt(reason);
    }
    return new Outcome.Unheard(
        reason, Duration.ofNanos(Math.max(0, freeNanos - System.nanoTime())));
  }

  private void end(Outcome how) {
    outcome = Optional.of(how);
    notifyAll();
  }

  private synchronized void hear(LoanFrame frame) throws IOException {
    if (outcome.isPresent()) {
      return; // what we have told our caller holds
    }
    switch (frame) {
      case LoanFrame.Ping(long number) -> {
        freeNanos = System.nanoTime() + grace.toNanos(); // before it is answered
        ping = Optional.of(number);
      }
      case LoanFrame.Ask(int first, int count, LoanFrame.Haste haste) -> ask(first, count, haste);
      case LoanFrame.AllHere() -> {
        if (hold != Hold.LENT) {
          throw new IOException("the borrower said twice that it has everything");
        }
        hold = Hold.ALL_THERE;
      }
      case LoanFrame.Paid() -> {
        if (hold != Hold.TOLD) {
          throw new IOException("the borrower took for its own what it was not given");
        }
        end(new Outcome.Paid());
      }
      case LoanFrame.Running() -> {}
      case LoanFrame.Killed(String reason) -> end(new Outcome.GivenBack(reason));
      case LoanFrame.Hello _,
          LoanFrame.Pong _,
          LoanFrame.Pages _,
          LoanFrame.Lost _,
          LoanFrame.Yours _ ->
          throw new IOException("the borrower sent a frame that is the lender's");
    }
    notifyAll();
  }

  private void ask(int first, int count, LoanFrame.Haste haste) throws IOException {
    if (first < 0 || count < 1 || count > windows.count() - first) {
      throw new IOException(
          "the borrower asked for %d windows from %d on, which were not lent"
              .formatted(count, first));
    }
    if (urgent.size() + ahead.size() + count > MAX_ASKED) {
      throw new IOException("the borrower asked for too much at once");
    }
    for (int window = first; window < first + count; window++) {
      ask(window, haste);
    }
  }

  private void ask(int window, LoanFrame.Haste haste) {
    switch (haste) {
      case AHEAD -> ahead.add(window);
      case URGENT -> urgent.add(window);
      case HURRY -> {
        if (ahead.remove(window)) { // else it is on its way
          urgent.add(window);
        }
      }
    }
  }

  private void answer() {
    try {
      stream.write(new LoanFrame.Hello(LoanFrame.VERSION)); // who carries it wants a beginning
      for (Optional<LoanFrame> next = next(); next.isPresent(); next = next()) {
        stream.write(next.get());
        if (next.get() instanceof LoanFrame.Pages(int window, var _)) {
          listener.sent(count(window));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      breakOff(e);
    }
  }

  /** Waits for something to send; empty when it has ended. */
  private Optional<LoanFrame> next() throws InterruptedException, IOException {
    int window;
    synchronized (this) {
      while (outcome.isEmpty()
          && hold != Hold.YOURS
          && ping.isEmpty()
          && urgent.isEmpty()
          && ahead.isEmpty()) {
        wait();
      }
      if (outcome.isPresent()) {
        return Optional.empty();
      }
      if (hold == Hold.YOURS) {
        hold = Hold.TOLD;
        return Optional.of(new LoanFrame.Yours());
      }
      if (ping.isPresent()) {
        LoanFrame pong = new LoanFrame.Pong(ping.get());
        ping = Optional.empty();
        return Optional.of(pong);
      }
      window = urgent.isEmpty() ? firstAhead() : urgent.remove();
    }
    return Optional.of(read(window));
  }

  private int firstAhead() {
    Iterator<Integer> first = ahead.iterator();
    int window = first.next();
    first.remove();
    return window;
  }

  private LoanFrame read(int window) {
    content.clear();
    try {
      for (PageRun run : windows.runs(window)) {
        content.limit(content.position() + (int) run.bytes());
        memory.read(windows.owner(window), run.address(), content);
      }
      return new LoanFrame.Pages(window, content.flip());
    } catch (IOException e) { // the borrower must not go on; it will say when it has ended
      if (isUnderWay()) {
        LOG.warn("lent memory cannot be read: {}", e.getMessage());
      }
      return new LoanFrame.Lost(String.valueOf(e.getMessage()));
    }
  }

  private synchronized long count(int window) {
    if (!sent.get(window)) {
      sent.set(window);
      sentBytes += windows.bytes(window);
    }
    return sentBytes;
  }

  /** Ends it: {@link #serve} returns, with what was heard until now. */
  @Override
  public void close() {
    synchronized (this) {
      if (outcome.isEmpty()) {
        end(silence("it was given up"));
      }
    }
    try {
      stream.close();
    } catch (IOException e) {
      LOG.debug("the stream of a loan: {}", e.toString());
    }
  }
}
