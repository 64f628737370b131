package org.letargo.hook.change;

import java.time.Duration;
import java.time.Instant;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.CheckpointDiff;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that can be done to the VPSes and templates of this host. */
public final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  /** How long a VPS may take to shut down when the host does. */
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(60);

  private final Host host;
  private final Operations operations;
  private final CreateVps create;
  private final StartVps start;
  private final StopVps stop;
  private final PauseVps pause;
  private final Preflight preflight;
  private final Admission admission;
  private final SuspendVps suspend;
  private final CheckpointVps checkpoint;
  private final ResumeVps resume;
  private final VerifyCheckpoint verify;
  private final RewindVps rewind;
  private final ForgetCheckpoint forget;
  private final CloneVps clone;
  private final ExportVps export;
  private final ImportVps imports;
  private final DestroyVps destroy;
  private final MaintainStore maintain;
  private final CompareCheckpoints compare;
  private final Recovery recovery;
  private final TemplateChanges templates;
  private final HostReboot reboot;
  private final MigrationSteps migration;

  public Changes(Host host, Operations operations) {
    this.host = host;
    this.operations = operations;
    Stand stand = new Stand(host);
    CheckpointFiles files = new CheckpointFiles(host);
    CgroupMount mount = new CgroupMount(host.configuration().runDir().resolve("cgroup-mount.json"));
    this.admission = new Admission(host);
    ExitWatch exits = new ExitWatch(stand, host.loadings(), this::startAgain);
    this.create = new CreateVps(host, stand, admission);
    this.start = new StartVps(host, stand, exits);
    this.stop = new StopVps(host, stand);
    this.pause = new PauseVps(host);
    this.preflight = new Preflight(host.cgroups(), host.engine(), host.store());
    TrialRestore trial = new TrialRestore(host, stand, mount);
    this.verify = new VerifyCheckpoint(host, trial);
    Clearance clearance = new Clearance(preflight);
    TakeCheckpoint take = new TakeCheckpoint(host, files, mount, clearance, verify, trial);
    this.suspend = new SuspendVps(stand, files, take);
    this.checkpoint = new CheckpointVps(host, files, take, verify);
    this.resume = new ResumeVps(host, stand, exits, mount, new BackToCheckpoint(stand, operations));
    this.rewind = new RewindVps(host, stand, files, suspend, checkpoint, resume);
    this.forget = new ForgetCheckpoint(files, host.loadings());
    NewVps newVps = new NewVps(host, stand, files);
    this.clone = new CloneVps(host, newVps, admission, checkpoint, files, resume);
    this.export = new ExportVps(host, checkpoint, files, verify);
    this.imports = new ImportVps(host, newVps, admission, files);
    this.destroy = new DestroyVps(host, stand, files);
    this.maintain = new MaintainStore(host);
    this.compare = new CompareCheckpoints(host);
    this.templates = new TemplateChanges(host);
    this.recovery = new Recovery(host, stand, exits, destroy, mount, operations, files, trial);
    this.migration =
        new MigrationSteps(
            host,
            files,
            suspend,
            checkpoint,
            export,
            imports,
            resume,
            pause,
            new LendVps(host, files, mount, clearance),
            stand,
            this::destroy);
    this.reboot =
        new HostReboot(
            operations,
            new HostReboot.Steps(
                suspend::suspend,
                (vps, operation) -> stop.stop(vps, SHUTDOWN_GRACE, operation),
                (vps, operation) -> resume.resume(vps, false, operation),
                start::start,
                pause::pause));
  }

  /** What migrations are made of. */
  public MigrationSteps migration() {
    return migration;
  }

  /** Puts everything right after a start of the hook; before anything else. */
  public void recover() {
    recovery.run();
    preflight.warmUp();
  }

  /** Whether {@link #recover} could read every VPS of this host. */
  public boolean knowsAll() {
    return recovery.knowsAll();
  }

  /**
   * Whether a VPS can be suspended now.
   *
   * @throws VpsException NOT_FOUND; WRONG_STATE if it has no processes
   */
  public PreflightReport preflight(VpsName name) {
    return preflight.look(host.vpses().get(name)).report();
  }

  /** Whether there is room for a VPS of another host; nothing is reserved. */
  public ArrivalReport arrival(HookRequest.DescribeArrival wanted) {
    return admission.look(wanted);
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
      case HookRequest.SuspendVps(var _, var name, var depth) ->
          on(name, vps -> suspend.suspend(vps, depth, operation));
      case HookRequest.ResumeVps(var _, var name, var eager) ->
          on(name, vps -> resume.resume(vps, eager, operation));
      case HookRequest.ExportVps wanted ->
          on(wanted.name(), vps -> export.export(vps, wanted, operation, exchange));
      case HookRequest.ReceiveVps(var _, var name) -> imports.receive(exchange, name, operation);
      case HookRequest.SendCheckpoint wanted ->
          on(
              wanted.name(),
              vps -> export.move(vps, wanted.checkpoint(), wanted.packed(), operation, exchange));
      case HookRequest.RewindVps wanted ->
          on(wanted.name(), vps -> rewind.rewind(vps, wanted, operation));
      case HookRequest.ForgetCheckpoint(var _, var name, var id) ->
          on(name, vps -> forget.forget(vps, id, operation));
      case HookRequest.CloneVps wanted -> clone.clone(wanted, operation);
      case HookRequest.DestroyVps(var _, var name) -> on(name, vps -> destroy(vps, operation));
      case HookRequest.BuildTemplate _,
          HookRequest.AddTemplate _,
          HookRequest.SendAhead _,
          HookRequest.ReceiveAhead _,
          HookRequest.CheckpointVps _,
          HookRequest.VerifyCheckpoint _,
          HookRequest.MaintainStore _,
          HookRequest.MigrateVps _,
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

  private void destroy(Vps vps, MigrationId migration, Operation operation) {
    destroy.destroy(vps, migration, operation);
    preflight.forget(vps.spec().name());
  }

  /**
   * For a host that goes down: suspends or stops every VPS that has processes, as the configuration
   * says, so that {@link #hostIsBack} brings it back.
   */
  public void hostGoesDown() throws InterruptedException {
    reboot.down(host.vpses().all(), host.configuration().whenHostStops());
  }

  /** Brings back what {@link #hostGoesDown} took down; other changes may be made meanwhile. */
  public void hostIsBack() throws InterruptedException {
    reboot.up(host.vpses().all());
  }

  /** Takes a checkpoint and keeps the outcome. */
  public TimelineEntry make(HookRequest.CheckpointVps request, HookExchange exchange) {
    CheckpointWish wish =
        new CheckpointWish(
            CheckpointId.create(Instant.now()),
            request.kind(),
            request.label(),
            request.note(),
            request.verify());
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> checkpoint.checkpoint(host.vpses().get(request.name()), wish, operation));
  }

  /**
   * What is different between two checkpoints.
   *
   * @throws VpsException NOT_FOUND; CHECKPOINT_CORRUPT
   */
  public CheckpointDiff diff(HookRequest.DiffCheckpoints wanted) {
    return compare.compare(wanted);
  }

  /** Finds out whether a checkpoint can be restored and keeps the outcome. */
  public TimelineEntry make(HookRequest.VerifyCheckpoint request, HookExchange exchange) {
    return operations.run(
        request.operation(),
        exchange::progress,
        operation ->
            verify.verify(
                host.vpses().get(request.name()),
                request.checkpoint(),
                request.depth(),
                new Span(operation, 0, 99)));
  }

  /** What the store keeps and takes. */
  public StoreReport storeReport() {
    return maintain.report();
  }

  /** Works on the store and keeps the outcome. */
  public StoreFindings make(HookRequest.MaintainStore request, HookExchange exchange) {
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> maintain.run(request.work(), operation));
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
