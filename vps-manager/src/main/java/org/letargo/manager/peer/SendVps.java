package org.letargo.manager.peer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationResult;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.timeline.Checkpoints;

/**
 * Begins the sending of checkpoints to peers, where VPSes are made of them. The hooks of the two
 * hosts speak with each other; their managers hand the bytes on as fast as the slowest of all takes
 * them, and keep nothing.
 */
public final class SendVps {
  /** A link that is quicker than this is kept busy without packing, in bytes a second. */
  private static final long PACKED_BELOW = 200L << 20;

  /** Less than this says nothing about a link. */
  private static final long MIN_MEASURED_BYTES = 8L << 20;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final PeerService peers;
  private final Checkpoints checkpoints;
  private final Operations operations;
  private final HookCalls hook;

  /**
   * What is wanted.
   *
   * @param checkpoint an id, the beginning of one, or a label
   * @param as what the VPS is called there
   */
  record Wish(VpsName name, String checkpoint, PeerName peer, VpsName as) {}

  public SendVps(
      PeerService peers, Checkpoints checkpoints, Operations operations, HookCalls hook) {
    this.peers = peers;
    this.checkpoints = checkpoints;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins; beside whatever the VPS does.
   *
   * @throws VpsException NOT_FOUND, BUSY, HOOK_UNREACHABLE
   */
  Operation start(Wish wish, String by) {
    Peer peer = peers.get(wish.peer());
    CheckpointId id = checkpoints.find(wish.name(), wish.checkpoint()).checkpoint().id();
    return operations.start(
        OperationId.create(),
        OperationKind.SEND,
        new Subject.OfVps(wish.name()),
        by,
        run -> send(run, wish, id, peer));
  }

  private void send(OperationRun run, Wish wish, CheckpointId id, Peer peer) {
    boolean packed = peer.bytesPerSecond().orElse(0) < PACKED_BELOW;
    var request = new HookRequest.SendCheckpoint(run.hookOperation(), wish.name(), id, packed);
    try (HookStream<Done> leaving = hook.client().open(request);
        PeerTalk talk = peers.talk(peer, PeerPaths.VPS + wish.as())) {
      BlockingQueue<Optional<VpsException>> end = new ArrayBlockingQueue<>(1);
      Thread.ofVirtual()
          .name(run.id() + "-back")
          .start(() -> end.add(handBack(talk, leaving, peer)));
      Optional<VpsException> here = handOn(leaving, talk, run, peer);
      Optional<VpsException> there = end.take();
      throwCause(here, there);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED, "the VPS was not sent", "the manager ends", "Start it again.", e);
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

  /** From the hook to the peer, until all was sent. */
  private Optional<VpsException> handOn(
      HookStream<Done> leaving, PeerTalk talk, OperationRun run, Peer peer) {
    long begin = System.nanoTime();
    long bytes = 0;
    try {
      while (true) {
        switch (leaving.next()) {
          case Item.Output<Done>(byte[] part) -> {
            talk.write(part);
            bytes += part.length;
          }
          case Item.Progressed<Done>(Progress reached) -> run.progress(reached);
          case Item.Finished<Done> _ -> {
            talk.end();
            run.made(new OperationResult.Sent(bytes));
            measured(peer, bytes, System.nanoTime() - begin);
            return Optional.empty();
          }
          case Item.ErrorOutput<Done> _, Item.Event<Done> _ -> {}
        }
      }
    } catch (VpsException e) {
      talk.close();
      return Optional.of(e);
    } catch (IOException e) {
      return Optional.of(PeerAnswer.unreachable(peer.url(), e)); // its answer may say more
    }
  }

  private void measured(Peer peer, long bytes, long nanos) {
    if (bytes >= MIN_MEASURED_BYTES) {
      peers.sawBandwidth(
          peer.name(), Math.max(1, (long) (bytes * (double) NANOS_PER_SECOND / nanos)));
    }
  }

  /** From the peer to the hook, until the peer says how it ended. */
  private static Optional<VpsException> handBack(
      PeerTalk talk, HookStream<Done> leaving, Peer peer) {
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
            breakOff(talk, leaving);
            return Optional.of(PeerAnswer.refused(peer.url(), error, "it does not say why"));
          }
        }
      }
    } catch (VpsException e) {
      breakOff(talk, leaving);
      return Optional.of(e);
    } catch (IOException e) {
      breakOff(talk, leaving);
      return Optional.of(PeerAnswer.unreachable(peer.url(), e));
    }
  }

  /** Nothing more is wanted: whoever waits for either of the two wakes up. */
  private static void breakOff(PeerTalk talk, HookStream<Done> leaving) {
    talk.close();
    leaving.close();
  }
}
