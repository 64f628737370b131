package org.letargo.manager.peer;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.letargo.hook.protocol.AheadReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.migration.HeldAhead;

/**
 * What the hook here sends ahead to that of a peer, on a thread of its own: it goes on, with next
 * to nothing to send, after the rounds are over, as long as the two hold what was sent.
 */
final class AheadTransfer implements HeldAhead {
  /** For so long two hooks may take to let go. */
  private static final Duration LETTING_GO = Duration.ofSeconds(10);

  private final HookStream<AheadReport> leaving;
  private final PeerTalk talk;
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private final AtomicLong sent = new AtomicLong();
  private final Thread thread;

  /**
   * Begins.
   *
   * @param leaving of the hook here, just opened; closed with this
   */
  AheadTransfer(
      HookStream<AheadReport> leaving,
      PeerTalk talk,
      HookTransfer<AheadReport> transfer,
      ProgressListener progress) {
    this.leaving = leaving;
    this.talk = talk;
    ProgressListener untilSettled =
        reached -> {
          if (reached.phase().equals(HookRequest.SendAhead.SETTLED)) {
            sent.set(transfer.sentBytes());
            settled.complete(null);
          } else if (!settled.isDone()) {
            progress.on(reached);
          }
        };
    this.thread =
        Thread.ofVirtual()
            .name("ahead")
            .start(() -> {
              try {
                transfer.runUnmeasured(untilSettled);
                settled.complete(null);
              } catch (VpsException e) {
                settled.completeExceptionally(e); // after the rounds it has no meaning
              }
            });
  }

  /**
   * Waits until the rounds are over.
   *
   * @throws VpsException what the hook here says, or the peer, or that something broke
   */
  AheadTransfer awaitSettled() {
    try {
      settled.get();
      return this;
    } catch (ExecutionException e) {
      close();
      throw e.getCause() instanceof VpsException known
          ? known
          : VpsException.internal("the VPS was not sent ahead", e.getCause());
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED, "the VPS was not sent ahead", "the manager ends", "", e);
    }
  }

  @Override
  public long sentBytes() {
    return sent.get();
  }

  @Override
  public void close() {
    try {
      leaving.input().close(); // the hook here ends, then the peer sees the end of what it sends
      thread.join(LETTING_GO);
    } catch (IOException e) {
      // it has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    talk.close();
    leaving.close();
  }
}
