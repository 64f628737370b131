package org.letargo.manager.timeline;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsMove;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsState;

/** Begins the making of a VPS from a checkpoint of another one, or from its present. */
public final class CloneVps {
  /**
   * What is wanted.
   *
   * @param checkpoint empty: the present
   * @param address empty: the lowest free one
   */
  public record Wish(
      VpsName origin,
      Optional<CheckpointId> checkpoint,
      VpsName name,
      Optional<Ipv4Address> address,
      List<PublishedPort> published) {}

  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public CloneVps(VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins; it is journalled on return. Who clones a checkpoint leaves its VPS alone; who clones
   * the present claims it, so that it stands still meanwhile.
   *
   * @throws VpsException NAME_TAKEN, NOT_FOUND, BUSY, HOOK_UNREACHABLE
   */
  public Operation start(Wish wish, String by) {
    OperationId id = OperationId.create();
    boolean ofPresent = wish.checkpoint().isEmpty();
    var request =
        new HookRequest.CloneVps(
            id, wish.origin(), wish.checkpoint(), wish.name(), wish.address(), wish.published());
    registry.claimNew(wish.name(), new VpsState.Cloning(id));
    try {
      Work work = claims.releasing(wish.name(), id, hook.bringingToLife(request));
      if (ofPresent) {
        registry.claim(wish.origin(), VpsMove.CLONE, id);
        work = claims.releasing(wish.origin(), id, work);
      }
      return operations.start(id, OperationKind.CLONE, new Subject.OfVps(wish.name()), by, work);
    } catch (RuntimeException e) {
      registry.release(wish.name(), id);
      if (ofPresent) {
        registry.release(wish.origin(), id);
      }
      throw e;
    }
  }
}
