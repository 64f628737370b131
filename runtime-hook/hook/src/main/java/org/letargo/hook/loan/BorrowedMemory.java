package org.letargo.hook.loan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.letargo.hook.loan.LoanFrame.Haste;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The borrower's end of a loan: the memory of a VPS that runs here and lies elsewhere. A page that
 * is not here yet is asked for, before all else, and waited for; behind a run of pages the next
 * windows are asked for ahead, so that the link is never idle. Windows that came too early, or of
 * which only a page was wanted, are kept, the newest {@value #MAX_KEPT_BYTES} bytes; one that had
 * to go is asked for again.
 *
 * <p>The lease: every second the lender is asked for it; when it has run out, or the loan is broken
 * in any other way, {@code onBroken} is called once, and must kill the VPS. Who has a watcher that
 * is no part of this process tells it the end of the lease that {@code onRenewed} hears.
 *
 * <p>Three threads of its own between {@link #start} and {@link #close}.
 */
public final class BorrowedMemory implements PageSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedMemory.class);

  /**
   * What is on its way ahead of what is read: 1 Gbit/s for 17 ms. What is urgent, and the lease,
   * wait behind what has left the lender already, so on a slow link it must not be much.
   */
  private static final int AHEAD_BYTES = 2 << 20;

  /** Windows may have a page each. */
  private static final int MOST_ASKED = 2048;

  /** In the heap. */
  private static final int MAX_KEPT_BYTES = 48 << 20;

  private final LentWindows windows;
  private final LoanStream stream;
  private final Duration lease;
  private final LongConsumer onRenewed;
  private final Consumer<String> onBroken;
  private final List<Thread> threads = new ArrayList<>();
  private Optional<Thread> reader = Optional.empty();

  /** All guarded by this. Windows under way are asked for and not here yet; the value: urgently. */
  private final Map<Integer, Boolean> underWay = new HashMap<>();

  private final Map<Integer, byte[]> kept = new LinkedHashMap<>();
  private final Map<Long, Long> pings = new LinkedHashMap<>();
  private long underWayBytes;
  private long keptBytes;
  private long receivedBytes;
  private long leaseEndNanos;
  private Optional<String> broken = Optional.empty();
  private boolean saidAllHere;
  private boolean isOurs;
  private boolean closed;

  /**
   * @param windows what the lender has lent, too
   * @param stream closed with this
   * @param onRenewed gets the end of the lease, as {@link System#nanoTime}, which is the kernel's
   *     CLOCK_MONOTONIC; on a thread of this
   * @param onBroken gets the reason, for people; on a thread of this, once, never after close
   */
  public BorrowedMemory(
      LentWindows windows, LoanStream stream, LongConsumer onRenewed, Consumer<String> onBroken) {
    this(windows, stream, onRenewed, onBroken, Lease.LEASE);
  }

  BorrowedMemory(
      LentWindows windows,
      LoanStream stream,
      LongConsumer onRenewed,
      Consumer<String> onBroken,
      Duration lease) {
    this.windows = windows;
    this.stream = stream;
    this.onRenewed = onRenewed;
    this.onBroken = onBroken;
    this.lease = lease;
  }

  /** Begins: the first windows are asked for, and the lease. Once. */
  public void start() {
    leaseEndNanos = System.nanoTime() + lease.toNanos(); // no process runs before it is renewed
    reader = Optional.of(Thread.ofPlatform().name("loan-borrowed").daemon(true).start(this::hear));
    threads.add(Thread.ofPlatform().name("loan-beat").daemon(true).start(this::beat));
    threads.add(Thread.ofPlatform().name("loan-lease").daemon(true).start(this::watchLease));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException also when the loan is broken
   */
  @Override
  public void read(PageObject object, long address, ByteBuffer into) throws IOException {
    boolean isFault = into.remaining() <= PageRun.PAGE_BYTES;
    long at = address;
    int window = -1;
    while (into.hasRemaining()) {
      window = window(object, at);
      long end = (at & -LentWindows.WINDOW_BYTES) + LentWindows.WINDOW_BYTES;
      int length = (int) Math.min(into.remaining(), end - at);
      requireLent(object, at, length);
      take(window, at, length, into);
      at += length;
    }
    if (!isFault && window >= 0) {
      askAhead(window + 1);
    }
  }

  private int window(PageObject object, long address) throws IOException {
    OptionalInt found = windows.find(object, address);
    if (found.isEmpty()) {
      throw new IOException(
          "process %d has no lent memory at %x".formatted(object.number(), address));
    }
    return found.getAsInt();
  }

  private void requireLent(PageObject object, long from, int length) throws IOException {
    for (long page = from; page < from + length; page += PageRun.PAGE_BYTES) {
      window(object, page);
    }
  }

  private void take(int window, long address, int length, ByteBuffer into) throws IOException {
    byte[] content = await(window);
    into.put(content, windows.offset(window, address), length);
    if (length == content.length) {
      drop(window); // all of it has been handed out
    }
  }

  private synchronized void drop(int window) {
    byte[] content = kept.remove(window);
    keptBytes -= content == null ? 0 : content.length;
  }

  private byte[] await(int window) throws IOException {
    while (true) {
      LoanFrame ask;
      synchronized (this) {
        requireWhole();
        byte[] content = kept.get(window);
        if (content != null) {
          return content;
        }
        if (underWay.getOrDefault(window, false)) {
          waitForNext();
          continue; // it may have come and had to go again
        }
        boolean isComing = underWay.containsKey(window);
        ask = new LoanFrame.Ask(window, isComing ? Haste.HURRY : Haste.URGENT);
        enter(window, true);
      }
      stream.write(ask);
    }
  }

  private void waitForNext() throws IOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while memory was borrowed", e);
    }
  }

  private void requireWhole() throws IOException {
    if (closed || broken.isPresent()) {
      throw new IOException(broken.orElse("the loan has ended"));
    }
  }

  private void enter(int window, boolean isUrgent) {
    if (underWay.put(window, isUrgent) == null) {
      underWayBytes += windows.bytes(window);
    }
  }

  /**
   * Windows that follow one another are read in the order of their numbers. Asked for many at once,
   * as each word goes through four processes.
   */
  private void askAhead(int from) throws IOException {
    for (LoanFrame.Ask ask : enterAhead(from)) {
      stream.write(ask);
    }
  }

  private synchronized List<LoanFrame.Ask> enterAhead(int from) {
    List<LoanFrame.Ask> asks = new ArrayList<>();
    if (hasEnded() || underWayBytes > AHEAD_BYTES / 2) {
      return asks;
    }
    int first = from;
    int next = from;
    for (long aheadBytes = 0; isAhead(next, aheadBytes); next++) {
      aheadBytes += windows.bytes(next);
      if (kept.containsKey(next) || underWay.containsKey(next)) {
        addAsk(asks, first, next);
        first = next + 1;
      } else {
        enter(next, false);
      }
    }
    addAsk(asks, first, next);
    return asks;
  }

  private boolean isAhead(int window, long aheadBytes) {
    return window < windows.count()
        && aheadBytes < AHEAD_BYTES
        && underWayBytes < AHEAD_BYTES
        && underWay.size() < MOST_ASKED;
  }

  private static void addAsk(List<LoanFrame.Ask> asks, int first, int end) {
    if (first < end) {
      asks.add(new LoanFrame.Ask(first, end - first, Haste.AHEAD));
    }
  }

  private void hear() {
    try {
      askAhead(0);
      while (!hasEnded()) {
        hear(stream.read());
      }
    } catch (IOException | RuntimeException e) {
      breakOff("the connection to the other host broke (" + e.getMessage() + ")");
    }
  }

  private synchronized boolean hasEnded() {
    return closed || isOurs || broken.isPresent();
  }

  private synchronized void own() throws IOException {
    if (!saidAllHere) {
      throw new IOException("the lender gave away what was not asked for");
    }
    isOurs = true;
    notifyAll();
  }

  private void hear(LoanFrame frame) throws IOException {
    switch (frame) {
      case LoanFrame.Hello(int version) -> {
        if (version != LoanFrame.VERSION) {
          throw new IOException("the lender speaks version " + version);
        }
      }
      case LoanFrame.Pong(long number) -> renew(number);
      case LoanFrame.Pages(int window, ByteBuffer content) -> arrive(window, content);
      case LoanFrame.Lost(String reason) ->
          breakOff("the other host has lost the memory (" + reason + ")");
      case LoanFrame.Yours() -> own();
      case LoanFrame.Ping _,
          LoanFrame.Ask _,
          LoanFrame.Running _,
          LoanFrame.AllHere _,
          LoanFrame.Paid _,
          LoanFrame.Killed _ ->
          throw new IOException("the lender sent a frame that is the borrower's");
    }
  }

  private synchronized void arrive(int window, ByteBuffer content) throws IOException {
    if (underWay.remove(window) == null) {
      throw new IOException("the lender sent window " + window + ", which nobody asked for");
    }
    underWayBytes -= windows.bytes(window);
    if (content.remaining() != windows.bytes(window)) {
      throw new IOException(
          "the lender sent %d bytes for a window of %d"
              .formatted(content.remaining(), windows.bytes(window)));
    }
    byte[] copy = new byte[content.remaining()];
    content.get(copy);
    if (kept.put(window, copy) == null) {
      keptBytes += copy.length;
      receivedBytes += copy.length;
    }
    forgetOldest(window);
    notifyAll();
  }

  private void forgetOldest(int newest) {
    var oldest = kept.entrySet().iterator();
    while (keptBytes > MAX_KEPT_BYTES && oldest.hasNext()) {
      var entry = oldest.next();
      if (entry.getKey() != newest) {
        keptBytes -= entry.getValue().length;
        oldest.remove();
      }
    }
  }

  /** What came over the link, what came twice counted twice. */
  public synchronized long receivedBytes() {
    return receivedBytes;
  }

  private void renew(long number) throws IOException {
    long endNanos;
    synchronized (this) {
      Long sentNanos = pings.remove(number);
      if (sentNanos == null) {
        throw new IOException("the lender answered a PING that was not sent");
      }
      endNanos = sentNanos + lease.toNanos();
      if (broken.isPresent() || endNanos - leaseEndNanos < 0) {
        return;
      }
      leaseEndNanos = endNanos;
    }
    onRenewed.accept(endNanos);
  }

  private void beat() {
    try {
      for (long number = 1; awaitBeat(number); number++) {
        synchronized (this) {
          pings.put(number, System.nanoTime()); // before it is sent
        }
        stream.write(new LoanFrame.Ping(number));
      }
    } catch (IOException | RuntimeException e) {
      breakOff("the connection to the other host broke (" + e.getMessage() + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until the next is due, the first at once; false when it has ended. */
  private synchronized boolean awaitBeat(long number) throws InterruptedException {
    long dueNanos = System.nanoTime() + (number == 1 ? 0 : Lease.BEAT.toNanos());
    for (long leftNanos; !hasEnded() && (leftNanos = dueNanos - System.nanoTime()) > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return !hasEnded();
  }

  private void watchLease() {
    try {
      if (awaitLeaseEnd()) {
        breakOff("nothing was heard of the other host for " + lease.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False when it has ended otherwise before. */
  private synchronized boolean awaitLeaseEnd() throws InterruptedException {
    for (long leftNanos; !hasEnded() && (leftNanos = leaseEndNanos - System.nanoTime()) > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return !hasEnded();
  }

  private void breakOff(String reason) {
    synchronized (this) {
      if (hasEnded()) {
        return;
      }
      broken = Optional.of(reason);
      notifyAll();
    }
    onBroken.accept(reason);
  }

  /**
   * The VPS has all its memory. Waits until the lender has said that its own processes do not go on
   * by themselves: only then the lease binds no more, and nothing can break the loan.
   *
   * @throws IOException if the loan breaks before; the VPS must be killed then
   */
  @Override
  public void complete() throws IOException {
    synchronized (this) {
      saidAllHere = true;
    }
    stream.write(new LoanFrame.AllHere());
    synchronized (this) {
      while (!isOurs) {
        requireWhole();
        waitForNext();
      }
    }
  }

  /** The VPS runs: tells the lender, if it can be told. */
  public void running() {
    try {
      stream.write(new LoanFrame.Running());
    } catch (IOException e) {
      LOG.debug("the lender is not told that the VPS runs: {}", e.toString());
    }
  }

  /** It is noted durably that the VPS is our own: tells the lender, if it can be told. */
  public void paid() {
    try {
      stream.write(new LoanFrame.Paid());
    } catch (IOException e) {
      LOG.debug("the lender is not told that all is paid: {}", e.toString());
    }
  }

  /** No process of the VPS runs any more: tells the lender, if it can be told. */
  public void killed(String reason) {
    try {
      stream.write(new LoanFrame.Killed(reason));
    } catch (IOException e) {
      LOG.debug("the lender is not told that the copy is dead: {}", e.toString());
    }
  }

  /** Ends it: nothing is read any more, and nobody is called. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      stream.close();
    } catch (IOException e) {
      LOG.debug("the stream of a loan: {}", e.toString());
    }
    reader.ifPresent(thread -> {
      if (thread != Thread.currentThread()) {
        thread.interrupt(); // the input of a request cannot be closed by who answers it
      }
      join(thread);
    });
    threads.forEach(BorrowedMemory::join);
  }

  private static void join(Thread thread) {
    if (thread == Thread.currentThread()) {
      return; // onBroken closes it
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
