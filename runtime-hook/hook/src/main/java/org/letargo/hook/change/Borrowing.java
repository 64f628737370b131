package org.letargo.hook.change;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.letargo.hook.loan.BorrowedMemory;
import org.letargo.hook.loan.LentWindows;
import org.letargo.hook.loan.LoanStream;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageSource;
import org.letargo.hook.protocol.Failure;

/**
 * A resume whose private memory is lent by another host, from before the restore until it is known
 * how that ended. The resume begins it and settles it; who has asked for the resume waits for that.
 *
 * <pre>
 *   BEGUN --&gt; all memory is here, the lender has given it away --&gt; own() durable --&gt; OWNED
 *         --&gt; broken, or its processes ended by us             --&gt; killed, suspended --&gt; FAILED
 * </pre>
 */
public final class Borrowing implements AutoCloseable {
  /** By which the watcher's end of the lease is later than ours: it must not be before us. */
  private static final Duration SPARE = Duration.ofSeconds(2);

  private final LoanStream stream;
  private final Runnable own;
  private final CompletableFuture<String> broken = new CompletableFuture<>();
  private final CompletableFuture<Optional<Failure>> settled = new CompletableFuture<>();
  private volatile LongConsumer onRenewed = _ -> {};
  private volatile Optional<BorrowedMemory> memory = Optional.empty();

  /**
   * @param stream closed with this
   * @param own makes durable that the VPS is this host's; called once on any thread, when the
   *     lender has given it away. If it throws the VPS is killed and not this host's
   */
  public Borrowing(LoanStream stream, Runnable own) {
    this.stream = stream;
    this.own = own;
  }

  /**
   * Begins to borrow, or goes on where a first try of the restore has failed.
   *
   * @param windows the same each time
   * @param here what was not lent
   * @return both together
   */
  PageSource begin(LentWindows windows, PageSource here) {
    if (memory.isEmpty()) {
      memory = Optional.of(new BorrowedMemory(windows, stream, this::renewed, broken::complete));
      memory.get().start();
    }
    return new Both(windows, memory.get(), here);
  }

  /** Whether it is broken: then no resume can succeed. */
  boolean isBroken() {
    return broken.isDone();
  }

  private record Both(LentWindows windows, BorrowedMemory borrowed, PageSource here)
      implements PageSource {
    @Override
    public void read(PageObject object, long address, ByteBuffer into) throws IOException {
      (windows.contains(object, address) ? borrowed : here).read(object, address, into);
    }

    @Override
    public void complete() throws IOException {
      borrowed.complete();
    }
  }

  private void renewed(long endNanos) {
    onRenewed.accept(endNanos + SPARE.toNanos());
  }

  /**
   * Who can kill the VPS.
   *
   * @param renewed gets the time at which it must be dead if this process stands still
   * @param breaks gets the reason, once, for which it must be killed now
   */
  void watchedBy(LongConsumer renewed, Consumer<String> breaks) {
    onRenewed = renewed;
    broken.thenAccept(breaks);
  }

  /**
   * All memory is here and the lender has given it away.
   *
   * @throws RuntimeException if that cannot be noted: the VPS must be killed
   */
  void own() {
    own.run();
    memory.ifPresent(BorrowedMemory::paid);
    settled.complete(Optional.empty());
  }

  /** The VPS has ended by itself, before all of its memory was here; whether it is ours so. */
  boolean ownWhatEnded() {
    try {
      memory.orElseThrow().complete();
      own();
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** No process of it runs, and it is suspended. */
  void failed(Failure why) {
    settled.complete(Optional.of(why));
  }

  /** The VPS runs here. */
  public void running() {
    memory.ifPresent(BorrowedMemory::running);
  }

  /** How much has come. */
  public long receivedBytes() {
    return memory.map(BorrowedMemory::receivedBytes).orElse(0L);
  }

  /**
   * Waits until it is known how it ended.
   *
   * @return empty if the VPS is this host's; else why not: no process of it runs, and the caller
   *     has to say so by {@link #givenBack} when nothing of it is in the network any more
   */
  public Optional<Failure> await() throws InterruptedException {
    try {
      return settled.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells the lender that it may go on. */
  public void givenBack(String reason) {
    memory
        .orElseGet(() -> new BorrowedMemory(LentWindows.NONE, stream, _ -> {}, _ -> {}))
        .killed(reason);
  }

  @Override
  public void close() {
    memory.ifPresent(BorrowedMemory::close);
    try {
      stream.close();
    } catch (IOException e) {
      // it was to end
    }
  }
}
