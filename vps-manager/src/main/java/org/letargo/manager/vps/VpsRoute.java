package org.letargo.manager.vps;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** VPSes: look, create, change. */
public final class VpsRoute {
  private static final int MILLI = 1000;

  /** Schema CreateVps. */
  record CreateBody(
      VpsName name,
      TemplateName template,
      Optional<DataSize> memoryBytes,
      Optional<Double> cpus,
      Optional<Integer> pids,
      Optional<Ipv4Address> address,
      Optional<List<PublishedPort>> publish) {

    CreateVps.Wish toWish() {
      VpsLimits limits =
          new VpsLimits(
              memoryBytes.orElse(VpsLimits.DEFAULT.memory()),
              cpus.map(CreateBody::milliCpus).orElse(VpsLimits.DEFAULT.milliCpus()),
              pids.orElse(VpsLimits.DEFAULT.pids()));
      return new CreateVps.Wish(name, template, limits, address, publish.orElse(List.of()));
    }

    /** Saturates, so that a monstrous number is out of range and not small. */
    private static int milliCpus(double cpus) {
      return (int) Math.round(Math.min(cpus * MILLI, Integer.MAX_VALUE));
    }
  }

  /** Schema Stop. */
  record StopBody(Optional<Integer> graceSeconds) {
    Duration grace() {
      return graceSeconds.map(Duration::ofSeconds).orElse(ChangeVps.DEFAULT_GRACE);
    }
  }

  /** Schema Resume. */
  record ResumeBody(Optional<Boolean> eager) {}

  /** Schema Suspend. */
  record SuspendBody(Optional<VerifyDepth> verify) {}

  private final VpsRegistry registry;
  private final CreateVps create;
  private final ChangeVps change;

  public VpsRoute(VpsRegistry registry, CreateVps create, ChangeVps change) {
    this.registry = registry;
    this.create = create;
    this.change = change;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listVps", call -> call.answer(200, list()))
        .add("getVps", call -> call.answer(200, VpsView.of(registry.get(name(call)))))
        .add("createVps", this::create)
        .add("destroyVps", call -> change(call, VpsMove.DESTROY))
        .add("startVps", call -> change(call, VpsMove.START))
        .add("stopVps", call -> change(call, VpsMove.STOP, call.body(StopBody.class)))
        .add("restartVps", call -> change(call, VpsMove.RESTART, call.body(StopBody.class)))
        .add("suspendVps", this::suspend)
        .add("resumeVps", this::resume)
        .add("pauseVps", call -> change(call, VpsMove.PAUSE))
        .add("unpauseVps", call -> change(call, VpsMove.UNPAUSE));
  }

  private VpsList list() {
    return new VpsList(registry.list().stream().map(VpsView::of).toList());
  }

  private void create(Call call) {
    CreateVps.Wish wish = call.body(CreateBody.class).toWish();
    call.blocking(() -> call.accepted(create.start(wish, call.by())));
  }

  private void resume(Call call) {
    VpsName name = name(call);
    boolean eager = call.body(ResumeBody.class).eager().orElse(false);
    call.blocking(() -> call.accepted(change.resume(name, eager, call.by())));
  }

  private void suspend(Call call) {
    VpsName name = name(call);
    SuspendBody body = call.body(SuspendBody.class);
    call.blocking(() -> call.accepted(change.suspend(name, body.verify(), call.by())));
  }

  private void change(Call call, VpsMove move) {
    change(call, move, new StopBody(Optional.empty()));
  }

  private void change(Call call, VpsMove move, StopBody body) {
    VpsName name = name(call);
    Duration grace = body.grace();
    call.blocking(() -> call.accepted(change.start(name, move, grace, call.by())));
  }

  /**
   * @throws VpsException INVALID_REQUEST
   */
  private static VpsName name(Call call) {
    return new VpsName(call.path("name"));
  }
}
