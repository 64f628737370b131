package org.letargo.manager.migration;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.manager.operation.OperationResult;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.schedule.Schedules;

/**
 * One VPS on its way to another host. Until it is handed over whatever fails, or a cancellation,
 * takes it back; then the target decides.
 *
 * <pre>
 * source                                          target
 *          ------------- could it come? ------->
 * LEAVING
 * what the mode sends ahead, while it runs ---->
 * settled: suspended in the store
 *          ------------- what is lacking ------>  ARRIVING
 * HANDED_OVER
 *          ------------- take it -------------->  restored, OWNED, runs
 * gone
 * </pre>
 *
 * In the mode {@code postcopy} it is frozen instead of suspended, LENT instead of HANDED_OVER, and
 * runs at the target while its memory comes; HANDED_OVER is when the target has all of it.
 */
final class Journey {
  /** A link that breaks takes what the VPS has done since: whoever risks that says so. */
  private static final boolean LENDS_UNASKED = false;

  private static final int LEFT = 3;
  private static final int SETTLED = 40;

  /** Most of the time of the mode {@code postcopy} goes by behind this. */
  private static final int FROZEN = 20;

  /** The phase in which the VPS runs there. */
  private static final String MEMORY = "memory";

  private static final int SENT = 80;
  private static final int RUNS_THERE = 90;
  private static final int HUNDRED = 100;

  private final MigrationHook hook;
  private final Schedules schedules;
  private final OperationRun run;
  private final MigrateVps.Wish wish;
  private final VpsName name;
  private final OtherHost target;
  private final Duration patience;
  private final MigrationId id = MigrationId.create();
  private final long beginNanos = System.nanoTime();

  /** Set on the way. */
  private long sentBytes;

  private HeldAhead held = HeldAhead.NONE;

  private MigrationMode mode;
  private String reason = "";

  /** Since when it runs nowhere; empty if it did not run. */
  private Optional<Instant> frozenAt = Optional.empty();

  /** In the mode {@code postcopy} since when it runs there. */
  private volatile Optional<Instant> runningAt = Optional.empty();

  private volatile long lentBytes;
  private long sizeBytes;
  private Migration.Was was = Migration.Was.STOPPED;

  Journey(
      MigrationHook hook,
      Schedules schedules,
      OperationRun run,
      MigrateVps.Wish wish,
      OtherHost target,
      Duration patience) {
    this.hook = hook;
    this.schedules = schedules;
    this.run = run;
    this.wish = wish;
    this.mode = wish.mode();
    this.name = wish.name();
    this.target = target;
    this.patience = patience;
  }

  void make(Admittance admittance) {
    try {
      move(admittance);
    } finally {
      held.close(); // not earlier: it takes its time, and the VPS would wait for it
    }
  }

  private void move(Admittance admittance) {
    run.progress(Progress.phase("ask", 0));
    VpsReport report = hook.vps(name).orElseThrow(() -> VpsException.notFound(name));
    target.check(id, ArrivalWish.of(report.spec()));
    Admittance.Admitted admitted = admittance.require(name, wish.peer());
    if (!admitted.hasTemplate()) {
      sendTemplate(report.spec().template());
    }
    try {
      step(new MigrationStep.Leave(target.peer(), wish.keepSource()), 0, LEFT);
      run.nextStep();
      mode = settled(admitted);
      held = sendAhead();
      run.nextStep();
      settle();
      run.nextStep();
      send();
      run.nextStep();
      run.commit();
      handOver();
    } catch (VpsException e) {
      switch (hook.find(id).phase()) {
        case HANDED_OVER -> {}
        case LENT -> throw e; // the hook takes it back by itself when that is safe
        case LEAVING, MOVED, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN -> throw stays(e);
      }
    }
    run.progress(Progress.phase("take", SENT));
    new HandOver(hook, schedules, this::past)
        .settle(name, id, target, patience, this::arrived)
        .ifPresent(why -> made(Optional.of(why)));
  }

  /** Nothing else can be told of a VPS whose template is not there. */
  private void sendTemplate(TemplateName template) {
    var request = new HookRequest.ExportTemplate(run.hookOperation(), template);
    target.template(
        id,
        template,
        hook.calls().client().open(request),
        reached ->
            run.progress(new Progress("template", reached.doneBytes(), reached.totalBytes(), 0)));
    run.nextStep();
  }

  /** What the mode does while the VPS runs on. */
  private HeldAhead sendAhead() {
    return switch (mode) {
      case MigrationMode.Stop _, MigrationMode.Postcopy _, MigrationMode.Auto _ -> HeldAhead.NONE;
      case MigrationMode.Precopy(Duration downtime) -> sendAhead(downtime);
    };
  }

  /** What is done; where that was left to us, it is chosen now. */
  private MigrationMode settled(Admittance.Admitted admitted) {
    if (!(wish.mode() instanceof MigrationMode.Auto(Duration downtime))) {
      return wish.mode();
    }
    DepartureReport vps = admitted.vps();
    ModeChoice choice =
        ModeChoice.of(
            new ModeChoice.Facts(
                isRunning(),
                vps.memory(),
                vps.disk(),
                vps.changedPerSecond(),
                target.bytesPerSecond(),
                target.latency(),
                downtime,
                admitted.knowsChunks(),
                LENDS_UNASKED));
    reason = choice.why();
    run.progress(Progress.phase(choice.way().name().toLowerCase(Locale.ROOT), LEFT));
    return switch (choice.way()) {
      case STOP -> new MigrationMode.Stop();
      case PRECOPY -> new MigrationMode.Precopy(downtime);
      case POSTCOPY -> new MigrationMode.Postcopy();
    };
  }

  private boolean isRunning() {
    return hook.vps(name).filter(vps -> vps.status() instanceof VpsStatus.Running).isPresent();
  }

  private HeldAhead sendAhead(Duration downtime) {
    if (!isRunning()) {
      return HeldAhead.NONE; // it stands still already
    }
    var request =
        new HookRequest.SendAhead(run.hookOperation(), name, target.wantsPacked(), downtime);
    return target.ahead(id, hook.calls().client().open(request), run::progress);
  }

  private void handOver() {
    if (mode.lends()) {
      lend();
    } else {
      step(new MigrationStep.HandOver(), SENT, SENT);
    }
  }

  /** It runs there while this works. */
  private void lend() {
    var request =
        new HookRequest.MigrateVps(run.hookOperation(), name, id, new MigrationStep.Serve());
    ProgressListener shown = between(FROZEN, SENT);
    try (HookStream<MigrationReport> serving = hook.calls().client().open(request)) {
      target.borrow(
          id,
          name,
          serving,
          reached -> {
            if (reached.phase().equals(MEMORY) && runningAt.isEmpty()) {
              runningAt = Optional.of(Instant.now());
            }
            lentBytes = Math.max(lentBytes, reached.doneBytes());
            shown.on(reached);
          });
    }
  }

  private void settle() {
    MigrationReport settled =
        mode.lends()
            ? step(new MigrationStep.Lend(), LEFT, FROZEN / 2)
            : step(new MigrationStep.Settle(), LEFT, SETTLED);
    VpsReport vps = settled.vps().orElseThrow(() -> VpsException.notFound(name));
    was = vps.migration().map(Migration::was).orElse(was);
    switch (vps.status()) {
      case VpsStatus.Suspended(CheckpointReport in) -> {
        frozenAt = Optional.of(in.takenAt()).filter(_ -> was.isAlive());
        sizeBytes = in.size().bytes();
      }
      case VpsStatus.Paused paused -> {
        frozenAt = Optional.of(paused.since());
        sizeBytes = vps.memoryUsed().bytes();
      }
      case VpsStatus.Running _, VpsStatus.Stopped _ -> {}
    }
  }

  /** The one place where its last state is sent. */
  private void send() {
    var request =
        new HookRequest.MigrateVps(
            run.hookOperation(), name, id, new MigrationStep.Send(target.wantsPacked()));
    try (HookStream<MigrationReport> leaving = hook.calls().client().open(request)) {
      ProgressListener shown = mode.lends() ? between(FROZEN / 2, FROZEN) : between(SETTLED, SENT);
      sentBytes = target.arrive(id, name, was, leaving, shown);
    }
  }

  private MigrationReport step(MigrationStep step, int fromPercent, int toPercent) {
    return hook.step(run.hookOperation(), name, id, step, between(fromPercent, toPercent));
  }

  private ProgressListener between(int from, int to) {
    return reached ->
        run.progress(
            new Progress(
                reached.phase(),
                reached.doneBytes(),
                reached.totalBytes(),
                from + (to - from) * Math.max(0, reached.percent()) / HUNDRED));
  }

  /** Not handed over: it goes on here, at once, and the target hears that it does not come. */
  private VpsException stays(VpsException why) {
    try {
      hook.takeBack(name, id, false);
    } catch (VpsException e) {
      return new VpsException(
          e.code(),
          "VPS '" + name + "' did not leave, and does not run",
          why.what() + ": " + why.why() + "; then " + e.what() + ": " + e.why(),
          e.remedy(),
          e);
    }
    try {
      target.drop(id, name);
    } catch (VpsException e) {
      // it asks by itself, and hears that it does not come
    }
    if (why.code() == Code.CANCELLED) {
      return why;
    }
    return new VpsException(
            why.code(),
            "VPS '" + name + "' did not move to host '" + target.peer().name() + "'",
            why.why(),
            (why.remedy() + " It is here, as it was.").strip(),
            why)
        .explained(why.explanation());
  }

  /** The target has said so. */
  private void arrived() {
    run.progress(Progress.phase("release", RUNS_THERE));
    made(Optional.empty());
  }

  private void past(Progress reached) {
    run.progress(new Progress("past", reached.doneBytes(), reached.totalBytes(), RUNS_THERE));
  }

  private void made(Optional<Failure> peerFailure) {
    Instant runs = runningAt.orElseGet(Instant::now);
    Duration downtime =
        frozenAt
            .filter(_ -> peerFailure.isEmpty())
            .map(since -> Duration.between(since, runs))
            .filter(time -> !time.isNegative())
            .orElse(Duration.ZERO);
    run.made(
        new OperationResult.Moved(
            target.peer().name(),
            mode.word(),
            reason,
            held.sentBytes() + sentBytes + lentBytes,
            held.sentBytes(),
            sizeBytes,
            downtime,
            Duration.ofNanos(System.nanoTime() - beginNanos),
            peerFailure));
  }
}
