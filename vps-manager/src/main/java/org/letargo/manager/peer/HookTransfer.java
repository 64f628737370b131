package org.letargo.manager.peer;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;

/**
 * Hands on what the hook here and that of a peer tell each other, as fast as the slowest of all
 * takes it; nothing is kept.
 *
 * @param <R> what the hook here answers at its end
 */
final class HookTransfer<R> {
  /** A link that is quicker than this is kept busy without packing, in bytes a second. */
  private static final long PACKED_BELOW = 200L << 20;

  /** Less than this says nothing about a link. */
  private static final long MIN_MEASURED_BYTES = 8L << 20;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** How long a peer that takes no more may take to say why. */
  private static final Duration LAST_WORD = Duration.ofSeconds(5);

  private final HookStream<R> leaving;
  private final PeerTalk talk;
  private final PeerService peers;
  private final Peer peer;
  private final Throttle throttle;
  private volatile long sentBytes; // written by one thread

  HookTransfer(HookStream<R> leaving, PeerTalk talk, PeerService peers, Peer peer) {
    this(leaving, talk, peers, peer, Throttle.NONE);
  }

  HookTransfer(
      HookStream<R> leaving, PeerTalk talk, PeerService peers, Peer peer, Throttle throttle) {
    this.leaving = leaving;
    this.talk = talk;
    this.peers = peers;
    this.peer = peer;
    this.throttle = throttle;
  }

  /** Whether content is packed on the way to it. */
  static boolean wantsPacked(Peer peer) {
    return peer.bytesPerSecond().orElse(0) < PACKED_BELOW;
  }

  /**
   * To its end on both sides.
   *
   * @return how many bytes have gone
   * @throws VpsException what the hook here says, or the peer, or that something broke
   */
  long run(ProgressListener progress) {
    long begin = System.nanoTime();
    runUnmeasured(progress);
    measured(sentBytes, System.nanoTime() - begin);
    return sentBytes;
  }

  /** The same, where the time that it takes says nothing about the link. */
  void runUnmeasured(ProgressListener progress) {
    BlockingQueue<Optional<VpsException>> end = new ArrayBlockingQueue<>(1);
    Thread.ofVirtual().name("transfer-back").start(() -> end.add(handBack()));
    Optional<VpsException> here = handOn(progress);
    try {
      if (here.isPresent() && end.isEmpty()) {
        awaitWord(end);
      }
      throwCause(here, end.take());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED, "the VPS was not sent", "the manager ends", "Start it again.", e);
    }
  }

  /** What cannot be sent any more may have its reason there; but it may also be silent for ever. */
  private void awaitWord(BlockingQueue<Optional<VpsException>> end) throws InterruptedException {
    Optional<VpsException> word = end.poll(LAST_WORD.toSeconds(), TimeUnit.SECONDS);
    if (word == null) {
      breakOff();
    } else {
      end.add(word);
    }
  }

  /**
   * Each end breaks when the other does: what the hook here says itself counts first, then what the
   * peer says, then that something broke.
   */
  private static void throwCause(Optional<VpsException> here, Optional<VpsException> there) {
    if (here.isPresent() && (there.isEmpty() || isOwn(here.get()))) {
      throw here.get();
    }
    if (there.isPresent()) {
      throw there.get();
    }
  }

  private static boolean isOwn(VpsException failure) {
    return switch (failure.code()) {
      case HOOK_UNREACHABLE, PEER_UNREACHABLE -> false;
      default -> true;
    };
  }

  /** How many bytes have gone so far; by any thread. */
  long sentBytes() {
    return sentBytes;
  }

  /** From the hook to the peer, until all was sent. */
  private Optional<VpsException> handOn(ProgressListener progress) {
    try {
      while (true) {
        switch (leaving.next()) {
          case Item.Output<R>(byte[] part) -> {
            throttle.pass(part.length);
            talk.write(part);
            sentBytes += part.length;
          }
          case Item.Progressed<R>(Progress reached) -> progress.on(reached);
          case Item.Finished<R> _ -> {
            talk.end();
            return Optional.empty();
          }
          case Item.ErrorOutput<R> _, Item.Event<R> _ -> {}
        }
      }
    } catch (VpsException e) {
      talk.close();
      return Optional.of(e);
    } catch (IOException e) {
      return Optional.of(PeerAnswer.unreachable(peer.url(), e)); // its answer may say more
    }
  }

  private void measured(long bytes, long nanos) {
    if (bytes >= MIN_MEASURED_BYTES && throttle == Throttle.NONE) {
      peers.sawBandwidth(
          peer.name(), Math.max(1, (long) (bytes * (double) NANOS_PER_SECOND / nanos)));
    }
  }

  /** From the peer to the hook, until the peer says how it ended. */
  private Optional<VpsException> handBack() {
    try {
      InputStream answer = talk.answer();
      while (true) {
        switch (PeerFrames.read(answer)) {
          case PeerFrames.Frame.Bytes(byte[] bytes) -> leaving.input().write(bytes);
          case PeerFrames.Frame.Done _ -> {
            talk.finished();
            return Optional.empty();
          }
          case PeerFrames.Frame.Failed(var error) -> {
            breakOff();
            return Optional.of(PeerAnswer.refused(peer.url(), error, "it does not say why"));
          }
        }
      }
    } catch (VpsException e) {
      breakOff();
      return Optional.of(e);
    } catch (IOException e) {
      breakOff();
      return Optional.of(PeerAnswer.unreachable(peer.url(), e));
    }
  }

  /** Nothing more is wanted: whoever waits for either of the two wakes up. */
  private void breakOff() {
    talk.close();
    leaving.close();
  }
}
