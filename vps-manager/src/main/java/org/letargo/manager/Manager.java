package org.letargo.manager;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.admission.AdmissionRoute;
import org.letargo.manager.admission.CheckMigration;
import org.letargo.manager.archive.ArchiveRoute;
import org.letargo.manager.archive.ExportVps;
import org.letargo.manager.archive.ImportVps;
import org.letargo.manager.audit.AuditLog;
import org.letargo.manager.audit.AuditRoute;
import org.letargo.manager.auth.FirstToken;
import org.letargo.manager.auth.TokenRoute;
import org.letargo.manager.auth.Tokens;
import org.letargo.manager.config.ManagerConfig;
import org.letargo.manager.config.Peering;
import org.letargo.manager.database.Database;
import org.letargo.manager.events.Changes;
import org.letargo.manager.events.EventsRoute;
import org.letargo.manager.host.HostRoute;
import org.letargo.manager.migration.Admittance;
import org.letargo.manager.migration.Arrivals;
import org.letargo.manager.migration.LateHosts;
import org.letargo.manager.migration.MigrateVps;
import org.letargo.manager.migration.MigrationRoute;
import org.letargo.manager.migration.MigrationUpkeep;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.HookPatience;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationMetrics;
import org.letargo.manager.operation.OperationRoute;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Work;
import org.letargo.manager.peer.Arrival;
import org.letargo.manager.peer.HostFacts;
import org.letargo.manager.peer.PeerRoute;
import org.letargo.manager.peer.PeerService;
import org.letargo.manager.peer.PeerUpkeep;
import org.letargo.manager.peer.SendVps;
import org.letargo.manager.preflight.PreflightRoute;
import org.letargo.manager.schedule.ScheduleRoute;
import org.letargo.manager.schedule.ScheduleRunner;
import org.letargo.manager.schedule.Schedules;
import org.letargo.manager.schedule.TimelineTaker;
import org.letargo.manager.session.SessionRoute;
import org.letargo.manager.store.MaintainStore;
import org.letargo.manager.store.StoreMetrics;
import org.letargo.manager.store.StoreRoute;
import org.letargo.manager.template.TemplateRoute;
import org.letargo.manager.template.Templates;
import org.letargo.manager.timeline.ChangeTimeline;
import org.letargo.manager.timeline.Checkpoints;
import org.letargo.manager.timeline.CloneVps;
import org.letargo.manager.timeline.TimelineRoute;
import org.letargo.manager.vps.BrokenResumes;
import org.letargo.manager.vps.ChangeVps;
import org.letargo.manager.vps.CreateVps;
import org.letargo.manager.vps.Reconciliation;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsRoute;
import org.letargo.manager.vps.VpsWatcher;
import org.letargo.manager.web.HttpService;

/** The whole manager, put together and running until it is closed. */
public final class Manager implements AutoCloseable {
  private static final Duration FIRST_VIEW = Duration.ofMillis(500);
  private static final List<String> SETTLED = List.of("stopped", "running", "paused", "suspended");

  private final Database database;
  private final Operations operations;
  private final VpsWatcher watcher;
  private final VpsRegistry registry;
  private final ScheduleRunner runner;
  private final HttpService http;
  private final Optional<Peerage> peers;
  private final boolean firstTokenMade;

  /** What there is of peers when they are not off. */
  private record Peerage(PeerService service, PeerUpkeep upkeep, MigrationUpkeep migrations) {}

  private Manager(
      Database database,
      Operations operations,
      VpsWatcher watcher,
      VpsRegistry registry,
      ScheduleRunner runner,
      HttpService http,
      Optional<Peerage> peers,
      boolean firstTokenMade) {
    this.database = database;
    this.operations = operations;
    this.watcher = watcher;
    this.registry = registry;
    this.runner = runner;
    this.http = http;
    this.peers = peers;
    this.firstTokenMade = firstTokenMade;
  }

  /**
   * Starts all parts: first the state, then what was left running, last the doors.
   *
   * @throws VpsException if one of them does not start
   */
  public static Manager start(ManagerConfig config, HookPatience patience) {
    Clock clock = Clock.systemUTC();
    makeFolder(config.database().toAbsolutePath().getParent());
    Database database = Database.open(config.database());
    Tokens tokens = new Tokens(database, clock);
    makeFolder(config.stateDir());
    boolean firstTokenMade = FirstToken.makeIfNone(tokens, config.adminTokenFile());
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Changes changes = new Changes();
    HookClient client = new HookClient(config.hookSocket());
    HookCalls hook = new HookCalls(client, patience);
    VpsRegistry registry = new VpsRegistry(name -> changes.tell(new Changes.Change.OfVps(name)));
    Operations operations =
        new Operations(
            database,
            config.operationsKept(),
            hook,
            clock,
            new OperationMetrics(metrics),
            operation -> changes.tell(new Changes.Change.OfOperation(operation)));
    BrokenResumes broken = new BrokenResumes(registry::find, operations, clock);
    changes.subscribe(event -> { // before the hook tells for the first time
      if (event instanceof Changes.Change.OfVps(VpsName name)) {
        broken.changed(name);
      }
    });
    VpsClaims claims = new VpsClaims(registry, client);
    ChangeVps change = new ChangeVps(registry, claims, operations, hook);
    Checkpoints checkpoints = new Checkpoints(client);
    ChangeTimeline timeline = new ChangeTimeline(registry, claims, operations, hook);
    LateHosts others = new LateHosts();
    var admission = new AtomicReference<Optional<CheckMigration>>(Optional.empty());
    Admittance admittance =
        (name, peer) -> admission.get().orElseThrow(PeerRoute::off).require(name, peer);
    Schedules schedules = new Schedules(database, clock);
    MigrateVps migrate =
        new MigrateVps(others, registry, claims, operations, hook, admittance, schedules);
    var continued =
        Map.<OperationKind, Function<VpsName, Work>>of(
            OperationKind.RESTART, change::continuedRestart,
            OperationKind.MIGRATE, migrate::continued,
            OperationKind.CHECKPOINT, timeline::continuedCheckpoint);
    new Reconciliation(registry, claims, operations, continued, hook).run();
    VpsWatcher watcher = VpsWatcher.start(client, registry);
    registry.awaitComplete(FIRST_VIEW); // as a rule the first request then finds the view complete
    countVpses(metrics, registry);
    StoreMetrics.addTo(metrics, client, registry::connected);

    ScheduleRunner runner =
        ScheduleRunner.start(schedules, new TimelineTaker(registry, timeline), clock);
    Runnable deaf =
        changes.subscribe(event -> {
          if (event instanceof Changes.Change.OfVps(VpsName name)) {
            runner.changed(name);
          }
        });
    countSchedules(metrics, schedules);

    ImportVps imports = new ImportVps(registry, claims, operations, hook);
    AuditLog audit = new AuditLog(database, config.auditKept());
    Arrivals arrivals = new Arrivals(registry, claims, operations, hook, schedules);
    var peers = new AtomicReference<Optional<PeerService>>(Optional.empty());
    try {
      HttpService http =
          HttpService.start(
              config,
              tokens,
              audit,
              metrics,
              registry::connected,
              wiring -> {
                var endpoints = wiring.endpoints();
                new VpsRoute(registry, new CreateVps(registry, claims, operations, hook), change)
                    .addTo(endpoints);
                new OperationRoute(operations).addTo(endpoints);
                new EventsRoute(changes, registry, operations, wiring.tokens()).addTo(endpoints);
                new ArchiveRoute(
                        new ExportVps(registry, claims, operations, hook),
                        imports,
                        checkpoints,
                        operations)
                    .addTo(endpoints);
                new TimelineRoute(
                        checkpoints, timeline, new CloneVps(registry, claims, operations, hook))
                    .addTo(endpoints);
                new StoreRoute(new MaintainStore(operations, hook)).addTo(endpoints);
                new ScheduleRoute(schedules, registry).addTo(endpoints);
                new SessionRoute(client, registry, wiring.tokens()).addTo(endpoints);
                new TemplateRoute(new Templates(operations, hook), operations).addTo(endpoints);
                new TokenRoute(tokens).addTo(endpoints);
                new AuditRoute(audit).addTo(endpoints);
                new PreflightRoute(client).addTo(endpoints);
                new HostRoute(client, registry, version()).addTo(endpoints);
                peers.set(
                    startPeers(wiring, config, database, audit, client, imports, arrivals, clock));
                others.are(peers.get().map(PeerService::others));
                Optional<SendVps> send =
                    peers.get().map(each -> new SendVps(each, checkpoints, operations, hook));
                new PeerRoute(peers.get(), send).addTo(endpoints);
                admission.set(
                    peers
                        .get()
                        .map(each -> new CheckMigration(each, () -> hostFacts(client), client)));
                new AdmissionRoute(admission.get()).addTo(endpoints);
                new MigrationRoute(peers.get().map(_ -> migrate)).addTo(endpoints);
              });
      return new Manager(
          database,
          operations,
          watcher,
          registry,
          runner,
          http,
          peers
              .get()
              .map(service ->
                  new Peerage(
                      service,
                      PeerUpkeep.start(service),
                      MigrationUpkeep.start(migrate, arrivals, service.others()))),
          firstTokenMade);
    } catch (RuntimeException e) {
      peers.get().ifPresent(PeerService::close);
      deaf.run();
      runner.close();
      watcher.close();
      operations.close();
      database.close();
      throw e;
    }
  }

  private static Optional<PeerService> startPeers(
      HttpService.Wiring wiring,
      ManagerConfig config,
      Database database,
      AuditLog audit,
      HookClient hook,
      ImportVps imports,
      Arrivals arrivals,
      Clock clock) {
    return switch (config.peering()) {
      case Peering.Off _ -> Optional.empty();
      case Peering.On on ->
          Optional.of(
              PeerService.start(
                  on,
                  new PeerService.Parts(
                      wiring.vertx(),
                      config.peerFolder(),
                      database,
                      audit,
                      () -> hostFacts(hook).host(),
                      question -> new Arrival(hostFacts(hook), hook.call(question.request())),
                      imports,
                      arrivals,
                      clock)));
    };
  }

  private static HostFacts hostFacts(HookClient hook) {
    return HostFacts.of(hook.call(new HookRequest.DescribeHost()), version());
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw VpsException.internal("cannot make the folder '" + folder + "'", e);
    }
  }

  private static void countVpses(PrometheusMeterRegistry metrics, VpsRegistry registry) {
    for (String state : SETTLED) {
      Gauge.builder("letargo.vps", registry, vpses -> vpses.count(state))
          .description("VPSes by state")
          .tag("state", state)
          .register(metrics);
    }
    Gauge.builder("letargo.vps", registry, vpses -> vpses.count() - countSettled(vpses))
        .description("VPSes by state")
        .tag("state", "changing")
        .register(metrics);
    Gauge.builder("letargo.hook.up", registry, vpses -> vpses.connected() ? 1 : 0)
        .description("Whether the hook answers")
        .register(metrics);
  }

  private static void countSchedules(PrometheusMeterRegistry metrics, Schedules schedules) {
    Gauge.builder("letargo.schedules", schedules, all -> all.list().size())
        .description("Schedules")
        .register(metrics);
    Gauge.builder("letargo.schedules.failing", schedules, Schedules::failing)
        .description("Schedules whose last try has failed")
        .register(metrics);
  }

  private static int countSettled(VpsRegistry vpses) {
    return SETTLED.stream().mapToInt(vpses::count).sum();
  }

  /** The version of this program, from its jar. */
  static String version() {
    String version = Manager.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The port that it listens on. */
  public int port() {
    return http.port();
  }

  /** The port for peers; empty if they are off. */
  public OptionalInt peerPort() {
    return peers.isPresent() ? OptionalInt.of(peers.get().service().port()) : OptionalInt.empty();
  }

  /** Whether this start made the first token. */
  public boolean firstTokenMade() {
    return firstTokenMade;
  }

  /** Whether the hook answers. */
  public boolean hookIsUp() {
    return registry.connected();
  }

  /** Ends in order: the doors, then operations (the hook goes on with them), then the state. */
  @Override
  public void close() {
    runner.close();
    peers.ifPresent(each -> {
      each.migrations().close();
      each.upkeep().close();
      each.service().close();
    });
    operations.close();
    http.close();
    watcher.close();
    database.close();
  }
}
