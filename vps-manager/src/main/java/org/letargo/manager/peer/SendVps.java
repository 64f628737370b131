package org.letargo.manager.peer;

import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.OperationId;
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
    boolean packed = HookTransfer.wantsPacked(peer);
    var request = new HookRequest.SendCheckpoint(run.hookOperation(), wish.name(), id, packed);
    try (HookStream<Done> leaving = hook.client().open(request);
        PeerTalk talk = peers.talk(peer, PeerPaths.VPS + wish.as())) {
      long bytes = new HookTransfer<>(leaving, talk, peers, peer).run(run::progress);
      run.made(new OperationResult.Sent(bytes));
    }
  }
}
