package org.letargo.manager.migration;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.manager.archive.ImportVps;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Upload;
import org.letargo.manager.operation.Work;
import org.letargo.manager.schedule.Schedules;
import org.letargo.manager.vps.Vps;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsState;

/** What peers may ask of this host for VPSes that move here. */
public final class Arrivals {
  /** Of the name of a template, before what makes it different. */
  private static final int LONGEST_STEM = 24;

  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final MigrationHook hook;
  private final Schedules schedules;

  public Arrivals(
      VpsRegistry registry,
      VpsClaims claims,
      Operations operations,
      HookCalls hook,
      Schedules schedules) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = new MigrationHook(hook);
    this.schedules = schedules;
  }

  /**
   * Whether one could come; nothing is touched.
   *
   * @throws VpsException NAME_TAKEN, ADDRESS_IN_USE, PORT_IN_USE, HOOK_UNREACHABLE
   */
  public void check(ArrivalWish wish) {
    registry.requireConnected();
    wish.name().requireUnreserved();
    for (Vps vps : registry.list()) {
      if (vps.name().equals(wish.name())) {
        throw taken(vps);
      }
      if (vps.known() instanceof Vps.Known.Reported(VpsReport report)) {
        requireFree(wish, report.spec());
      }
    }
  }

  private static VpsException taken(Vps vps) {
    String what =
        vps.known() instanceof Vps.Known.Reported(VpsReport report)
            ? report.migration().map(between -> "; " + between.sentence()).orElse("")
            : "";
    return new VpsException(
        Code.NAME_TAKEN,
        "VPS '" + vps.name() + "' cannot come here",
        "there is one of that name" + what,
        "Destroy that one there first, or clone this one under another name and move the clone.");
  }

  private static void requireFree(ArrivalWish wish, VpsSpec other) {
    if (other.address().equals(wish.address())) {
      throw new VpsException(
          Code.ADDRESS_IN_USE,
          "VPS '" + wish.name() + "' cannot come here",
          "VPS '" + other.name() + "' has its address " + wish.address(),
          "Destroy or move that one first.");
    }
    for (PublishedPort port : wish.published()) {
      if (other.published().stream().anyMatch(taken -> sameOnHost(taken, port))) {
        throw new VpsException(
            Code.PORT_IN_USE,
            "VPS '" + wish.name() + "' cannot come here",
            "VPS '" + other.name() + "' has port " + port.hostPort() + " of that host",
            "Destroy or move that one first.");
      }
    }
  }

  private static boolean sameOnHost(PublishedPort one, PublishedPort other) {
    return one.hostPort() == other.hostPort() && one.protocol() == other.protocol();
  }

  /**
   * Makes a template of what a VPS that is to come builds on. Blocks.
   *
   * @param name what it is called where it comes from
   * @throws VpsException ARCHIVE_REFUSED, NO_SPACE, CANCELLED if the source broke off
   */
  public void template(TemplateName name, Upload upload) {
    var request = new HookRequest.AddTemplate(OperationId.create(), freeName(name));
    upload.send(hook.calls(), request, ProgressListener.NONE);
  }

  private TemplateName freeName(TemplateName wanted) {
    Set<TemplateName> taken =
        hook.calls().ask(new HookRequest.ListTemplates()).templates().stream()
            .map(TemplateReport::name)
            .collect(Collectors.toUnmodifiableSet());
    String stem = wanted.value().substring(0, Math.min(wanted.value().length(), LONGEST_STEM));
    TemplateName free = wanted;
    for (int number = 2; taken.contains(free); number++) {
      free = new TemplateName(stem + "-" + number);
    }
    return free;
  }

  /**
   * Keeps what comes of one that still runs elsewhere, until the upload ends; it is named later, or
   * never. Blocks.
   *
   * @param answers takes what the hook here says
   * @throws VpsException ARCHIVE_REFUSED, NO_SPACE, CANCELLED if the source broke off
   */
  public void ahead(Upload upload, Upload.Answers answers) {
    var request = new HookRequest.ReceiveAhead(OperationId.create());
    upload.send(hook.calls(), request, ProgressListener.NONE, answers);
  }

  /**
   * Begins to receive one; the upload is read on threads of the operation.
   *
   * @throws VpsException NAME_TAKEN, BUSY, HOOK_UNREACHABLE; neither the upload nor the sender is
   *     touched then
   */
  public Operation arrive(
      MigrationId migration,
      VpsName name,
      MigrationPeer from,
      Migration.Was was,
      String by,
      Upload upload,
      ImportVps.Sender sender) {
    OperationId id = OperationId.create();
    registry.claimNew(name, new VpsState.Importing(id));
    Work work =
        new Work() {
          @Override
          public void run(OperationRun run) {
            var request =
                new HookRequest.MigrateVps(
                    run.hookOperation(), name, migration, new MigrationStep.Arrive(from, was));
            upload.send(hook.calls(), request, run::progress, sender);
            claims.catchUp(name);
          }

          @Override
          public void ended(Operation operation) {
            upload.end();
            sender.ended(operation);
          }
        };
    return begin(id, OperationKind.RECEIVE, name, by, work);
  }

  /**
   * Begins to receive an earlier checkpoint of one that is this host's, beside whatever it does;
   * the upload is read on threads of the operation.
   */
  public Operation remember(
      MigrationId migration,
      VpsName name,
      Remembered past,
      String by,
      Upload upload,
      ImportVps.Sender sender) {
    Work work =
        new Work() {
          @Override
          public void run(OperationRun run) {
            var step = new MigrationStep.Remember(past.entry(), past.isParent());
            var request = new HookRequest.MigrateVps(run.hookOperation(), name, migration, step);
            upload.send(hook.calls(), request, run::progress, sender);
          }

          @Override
          public void ended(Operation operation) {
            upload.end();
            sender.ended(operation);
          }
        };
    return operations.start(
        OperationId.create(), OperationKind.REMEMBER, new Subject.OfVps(name), by, work);
  }

  /**
   * An earlier checkpoint.
   *
   * @param isParent whether the state in which the VPS came follows on it
   */
  public record Remembered(TimelineEntry entry, boolean isParent) {}

  /**
   * Begins to make one this host's that has arrived.
   *
   * @param atEnd hears how it ended; the last call
   * @throws VpsException NOT_FOUND, BUSY, HOOK_UNREACHABLE; nobody is called then
   */
  public Operation take(MigrationId migration, VpsName name, String by, Consumer<Operation> atEnd) {
    OperationId id = OperationId.create();
    registry.claimBetween(name, new VpsState.Arriving(id));
    Work work =
        new Work() {
          @Override
          public void run(OperationRun run) {
            hook.step(
                run.hookOperation(), name, migration, new MigrationStep.Take(), run::progress);
          }

          @Override
          public void ended(Operation operation) {
            atEnd.accept(operation);
          }
        };
    return begin(id, OperationKind.ARRIVE, name, by, work);
  }

  /**
   * Begins to make one this host's that runs at once, on memory that comes as the upload.
   *
   * @throws VpsException NOT_FOUND, BUSY, HOOK_UNREACHABLE; neither the upload nor the sender is
   *     touched then
   */
  public Operation borrow(
      MigrationId migration, VpsName name, String by, Upload upload, ImportVps.Sender sender) {
    OperationId id = OperationId.create();
    registry.claimBetween(name, new VpsState.Arriving(id));
    Work work =
        new Work() {
          @Override
          public void run(OperationRun run) {
            var request =
                new HookRequest.MigrateVps(
                    run.hookOperation(), name, migration, new MigrationStep.Borrow());
            upload.send(hook.calls(), request, run::progress, sender);
            claims.catchUp(name);
          }

          @Override
          public void ended(Operation operation) {
            upload.end();
            sender.ended(operation);
          }
        };
    return begin(id, OperationKind.ARRIVE, name, by, work);
  }

  private Operation begin(OperationId id, OperationKind kind, VpsName name, String by, Work work) {
    try {
      return operations.start(
          id, kind, new Subject.OfVps(name), by, claims.releasing(name, id, work));
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }

  /** What this host knows of a migration, of either side. */
  public MigrationAnswer find(MigrationId migration) {
    return MigrationAnswer.of(hook.find(migration));
  }

  /**
   * It does not come.
   *
   * @throws VpsException WRONG_STATE if it is this host's already
   */
  public void drop(MigrationId migration, VpsName name) {
    hook.step(name, migration, new MigrationStep.Drop());
  }

  /**
   * Has checkpoints taken of one that has come, as often as where it was.
   *
   * @throws VpsException WRONG_STATE if that migration has not brought it here; INVALID_REQUEST
   */
  public void schedule(MigrationId migration, CarriedSchedule carried, String by) {
    MigrationReport known = hook.find(migration);
    boolean isOther =
        known.vps().filter(vps -> !vps.spec().name().equals(carried.name())).isPresent();
    if (known.phase() != MigrationPhase.OWNED || isOther) {
      throw VpsException.wrongState(
          carried.name(), "schedule", "not here by that migration", "Look where it is.");
    }
    schedules.putUnlessThere(carried.toSchedule(by));
  }

  /** The source knows that it is here. */
  public void forget(MigrationId migration, VpsName name) {
    hook.step(name, migration, new MigrationStep.Forget());
  }

  /** Ends what is left open of one that was to come here, if the source answers now. */
  void reconcile(VpsName name, Migration open, OtherHosts hosts) {
    if (open.phase() != MigrationPhase.ARRIVING) {
      return;
    }
    Optional<OtherHost> source = hosts.find(open.peer());
    if (source.isEmpty()) {
      return; // nobody can say whether it is to come
    }
    switch (source.get().find(open.id()).phase()) {
      case HANDED_OVER -> take(open.id(), name, MigrationUpkeep.BY, _ -> {});
      case LEAVING, LENT -> {} // it has not decided
      case MOVED, UNKNOWN, ARRIVING, BORROWING, OWNED, GIVEN_BACK -> drop(open.id(), name);
    }
  }

  /** All that stand between two hosts and that nobody is at work on. */
  List<VpsReport> waiting() {
    return registry.waitingBetween();
  }
}
