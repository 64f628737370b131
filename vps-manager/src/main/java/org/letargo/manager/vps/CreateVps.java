package org.letargo.manager.vps;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;

/** Begins the making of a VPS from a template. */
public final class CreateVps {
  /** What is wanted; an empty address stands for the lowest free one. */
  public record Wish(
      VpsName name,
      TemplateName template,
      VpsLimits limits,
      Optional<Ipv4Address> address,
      List<PublishedPort> published) {}

  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public CreateVps(VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins; it is journalled on return.
   *
   * @throws VpsException NAME_TAKEN, ADDRESS_IN_USE, PORT_IN_USE, NOT_FOUND for the template, BUSY,
   *     HOOK_UNREACHABLE
   */
  public Operation start(Wish wish, String by) {
    refuseWhatIsTaken(wish);
    OperationId id = OperationId.create();
    HookRequest.CreateVps request =
        new HookRequest.CreateVps(
            id, wish.name(), wish.template(), wish.limits(), wish.address(), wish.published());
    Work work = run -> hook.change(request, run::progress);
    registry.claimNew(wish.name(), new VpsState.Creating(id));
    try {
      return operations.start(
          id,
          OperationKind.CREATE,
          new Subject.OfVps(wish.name()),
          by,
          claims.releasing(wish.name(), id, work));
    } catch (RuntimeException e) {
      registry.release(wish.name(), id);
      throw e;
    }
  }

  /**
   * Answers at once what would else be the outcome of the operation. The hook checks all of it
   * again: two wishes at the same time pass here both.
   */
  private void refuseWhatIsTaken(Wish wish) {
    registry.requireConnected();
    boolean known =
        hook.client().call(new HookRequest.ListTemplates()).templates().stream()
            .anyMatch(template -> template.name().equals(wish.template()));
    if (!known) {
      throw new VpsException(
          Code.NOT_FOUND,
          "there is no template '" + wish.template() + "'",
          "none of that name is on this host",
          "List them with 'letargo template list'.");
    }
    for (Vps vps : registry.list()) {
      if (vps.known() instanceof Vps.Known.Reported(VpsReport report)) {
        refuseWhatHasIt(wish, report);
      }
    }
  }

  private static void refuseWhatHasIt(Wish wish, VpsReport owner) {
    String what = "cannot create VPS '" + wish.name() + "'";
    String has = "VPS '" + owner.spec().name() + "' has ";
    if (wish.address().filter(owner.spec().address()::equals).isPresent()) {
      throw new VpsException(
          Code.ADDRESS_IN_USE,
          what,
          has + "the address " + owner.spec().address(),
          "Choose another one, or leave it out for the lowest free one.");
    }
    for (PublishedPort wanted : wish.published()) {
      for (PublishedPort taken : owner.spec().published()) {
        if (wanted.hostPort() == taken.hostPort() && wanted.protocol() == taken.protocol()) {
          throw new VpsException(
              Code.PORT_IN_USE,
              what,
              has + "the port " + taken.hostPort() + " of the host",
              "Choose another one.");
        }
      }
    }
  }
}
