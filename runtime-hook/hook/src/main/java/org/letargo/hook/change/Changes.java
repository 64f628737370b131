package org.letargo.hook.change;

import java.time.Duration;
import java.util.List;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that can be done to the VPSes and templates of this host. */
public final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final Host host;
  private final Operations operations;
  private final CreateVps create;
  private final StartVps start;
  private final StopVps stop;
  private final PauseVps pause;
  private final Preflight preflight;
  private final SuspendVps suspend;
  private final ResumeVps resume;
  private final ExportVps export;
  private final ImportVps imports;
  private final DestroyVps destroy;
  private final Recovery recovery;
  private final TemplateChanges templates;

  public Changes(Host host, Operations operations) {
    this.host = host;
    this.operations = operations;
    Stand stand = new Stand(host);
    CheckpointFiles files = new CheckpointFiles(host);
    CgroupMount mount = new CgroupMount(host.configuration().runDir().resolve("cgroup-mount.json"));
    Admission admission = new Admission(host);
    ExitWatch exits = new ExitWatch(stand, this::startAgain);
    this.create = new CreateVps(host, stand, admission);
    this.start = new StartVps(host, stand, exits);
    this.stop = new StopVps(host, stand);
    this.pause = new PauseVps(host);
    this.preflight = new Preflight(host.cgroups(), host.engine());
    this.suspend = new SuspendVps(host, stand, files, mount, new Clearance(preflight));
    this.resume = new ResumeVps(host, stand, exits, mount);
    this.export = new ExportVps(files);
    this.imports = new ImportVps(host, stand, admission);
    this.destroy = new DestroyVps(host, stand);
    this.templates = new TemplateChanges(host);
    this.recovery = new Recovery(host, stand, exits, destroy, mount, operations);
  }

  /** Puts everything right after a start of the hook; before anything else. */
  public void recover() {
    recovery.run();
    preflight.warmUp();
  }

  /**
   * Whether a VPS can be suspended now.
   *
   * @throws VpsException NOT_FOUND; WRONG_STATE if it has no processes
   */
  public PreflightReport preflight(VpsName name) {
    return preflight.look(host.vpses().get(name)).report();
  }

  /**
   * Makes a change and keeps its outcome.
   *
   * @return the VPS as it is then; for one that is gone, null
   */
  public Vps make(HookRequest.Change<?> request, HookExchange exchange) {
    return operations.run(
        request.operation(), exchange::progress, operation -> apply(request, operation, exchange));
  }

  private Vps apply(HookRequest.Change<?> request, Operation operation, HookExchange exchange) {
    LOG.info("op={} {}", operation.id(), request);
    return switch (request) {
      case HookRequest.CreateVps creation -> create.create(creation, operation);
      case HookRequest.ImportVps wanted ->
          imports.importFrom(exchange.input(), wanted.name(), operation);
      case HookRequest.StartVps(var _, var name) -> on(name, vps -> start.start(vps, operation));
      case HookRequest.StopVps(var _, var name, var grace) ->
          on(name, vps -> stop.stop(vps, grace, operation));
      case HookRequest.PauseVps(var _, var name) -> on(name, vps -> pause.pause(vps, operation));
      case HookRequest.UnpauseVps(var _, var name) ->
          on(name, vps -> pause.unpause(vps, operation));
      case HookRequest.SuspendVps(var _, var name) ->
          on(name, vps -> suspend.suspend(vps, operation));
      case HookRequest.ResumeVps(var _, var name) -> on(name, vps -> resume.resume(vps, operation));
      case HookRequest.ExportVps(var _, var name) ->
          on(name, vps -> export.export(vps, operation, exchange));
      case HookRequest.DestroyVps(var _, var name) -> on(name, vps -> destroy(vps, operation));
      case HookRequest.BuildTemplate _,
          HookRequest.AddTemplate _,
          HookRequest.ExportTemplate _,
          HookRequest.RemoveTemplate _ ->
          throw new IllegalArgumentException("not a change of a VPS: " + request);
    };
  }

  private interface OnVps {
    void apply(Vps vps);
  }

  private Vps on(VpsName name, OnVps change) {
    Vps vps = host.vpses().get(name);
    change.apply(vps);
    return vps;
  }

  private void destroy(Vps vps, Operation operation) {
    destroy.destroy(vps, operation);
    preflight.forget(vps.spec().name());
  }

  /**
   * Stops every VPS that has processes, all at the same time; one that is in the middle of a change
   * is left to it.
   *
   * @param grace how long their inits may take before they are killed
   */
  public void stopAll(Duration grace) throws InterruptedException {
    List<Thread> stops =
        host.vpses().all().stream()
            .filter(Changes::hasProcesses)
            .map(vps ->
                Thread.ofPlatform()
                    .name("stop-" + vps.spec().name())
                    .start(() -> stopQuietly(vps, grace)))
            .toList();
    for (Thread each : stops) {
      each.join();
    }
  }

  private static boolean hasProcesses(Vps vps) {
    return switch (vps.status()) {
      case VpsStatus.Running _, VpsStatus.Paused _ -> true;
      case VpsStatus.Stopped _, VpsStatus.Suspended _ -> false;
    };
  }

  private void stopQuietly(Vps vps, Duration grace) {
    try {
      operations.run(
          OperationId.create(),
          ProgressListener.NONE,
          operation -> {
            stop.stop(vps, grace, operation);
            return new Done();
          });
    } catch (VpsException e) {
      LOG.warn("vps={} cannot be stopped: {}", vps.spec().name(), e.getMessage());
    }
  }

  /** Builds or adds a template and keeps the outcome. */
  public TemplateReport make(HookRequest.BuildTemplate request, HookExchange exchange) {
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> host.templates().build(request.name(), operation));
  }

  /** Builds or adds a template and keeps the outcome. */
  public TemplateReport make(HookRequest.AddTemplate request, HookExchange exchange) {
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> host.templates().add(request.name(), exchange.input(), operation));
  }

  /** Writes a template for the caller and keeps the outcome. */
  public Done make(HookRequest.ExportTemplate request, HookExchange exchange) {
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> {
          templates.export(request.name(), operation, exchange);
          return new Done();
        });
  }

  /** Removes a template and keeps the outcome. */
  public Done make(HookRequest.RemoveTemplate request, HookExchange exchange) {
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> {
          templates.remove(request.name(), operation);
          return new Done();
        });
  }

  /** A VPS that was rebooted from within. */
  private void startAgain(Vps vps) {
    try {
      operations.run(
          OperationId.create(),
          ProgressListener.NONE,
          operation -> {
            start.start(vps, operation);
            return new Done();
          });
    } catch (VpsException e) {
      LOG.error("vps={} was rebooted and cannot start: {}", vps.spec().name(), e.getMessage());
    }
  }
}
