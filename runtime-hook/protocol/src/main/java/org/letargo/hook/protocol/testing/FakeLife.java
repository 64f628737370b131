package org.letargo.hook.protocol.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.letargo.hook.protocol.AheadReport;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookHandler;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HostReport;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.TemplateList;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsList;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/** One life of a {@link FakeHook}, from its start to its death. */
final class FakeLife implements HookHandler {
  /** Stands for the end of the process; nothing is done or answered after it. */
  private static final class Died extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final FakeHook hook;
  private final FakeHost host;
  private final FakeJournal journal;
  private final FakeSessions sessions;
  private final FakeTimeMachine machine;
  private final FakePreflight preflight;
  private final FakeTemplates templates;
  private final FakeTravel travel;

  /** Guarded by this; nothing changes once it is set. */
  private boolean ended;

  FakeLife(FakeHook hook, FakeHost host, FakeJournal journal, FakePreflight preflight) {
    this.hook = hook;
    this.host = host;
    this.journal = journal;
    this.sessions = new FakeSessions(host);
    this.machine = new FakeTimeMachine(this, host);
    this.preflight = preflight;
    this.templates = new FakeTemplates(this, hook, host);
    this.travel = new FakeTravel(this, hook, host);
  }

  synchronized void end() {
    ended = true;
  }

  /** Does it unless this life is over. */
  synchronized <T> T alive(Supplier<T> effect) {
    if (ended) {
      throw new Died();
    }
    return effect.get();
  }

  /** Makes the effect of a change durable: from then on it is finished, never rolled back. */
  <T> T commit(HookRequest.Change<?> change, Supplier<T> effect) {
    return alive(() -> {
      journal.commit(change.operation());
      return effect.get();
    });
  }

  @Override
  public <R> R handle(HookRequest<R> request, HookExchange exchange) {
    hook.requestBegins();
    try {
      return request.replyType().cast(answer(request, exchange));
    } finally {
      hook.requestEnds();
    }
  }

  private Object answer(HookRequest<?> request, HookExchange exchange) {
    return switch (request) {
      case HookRequest.DescribeHost _ -> describeHost();
      case HookRequest.ListVps _ -> new VpsList(host.list());
      case HookRequest.FindVps(VpsName name) -> host.find(name);
      case HookRequest.PreflightVps(VpsName name) -> preflight.report(name);
      case HookRequest.DescribeDeparture(VpsName name) ->
          FakeAdmission.departure(host.find(name), preflight, describeHost());
      case HookRequest.DescribeArrival arrival -> FakeAdmission.arrival(arrival, host);
      case HookRequest.WatchVps _ -> watch(exchange);
      case HookRequest.ListTemplates _ -> new TemplateList(host.templates());
      case HookRequest.ListCheckpoints(VpsName name) ->
          host.timelines().of(host.find(name).spec().name());
      case HookRequest.MarkCheckpoint mark -> {
        host.find(mark.name());
        yield alive(() -> host.timelines().mark(mark));
      }
      case HookRequest.DiffCheckpoints diff -> host.timelines().diff(diff);
      case HookRequest.DescribeStore _ -> host.timelines().report();
      case HookRequest.ExecInVps exec -> sessions.exec(exec, exchange);
      case HookRequest.AttachConsole attach -> sessions.console(attach, exchange);
      case HookRequest.FindMigration(MigrationId id) -> travel.find(id);
      case HookRequest.FindOperation(OperationId id) -> journal.find(id);
      case HookRequest.CancelOperation(OperationId id) -> {
        journal.cancel(id);
        yield new Done();
      }
      case HookRequest.Change<?> change -> journalled(change, exchange);
    };
  }

  private Object journalled(HookRequest.Change<?> change, HookExchange exchange) {
    OperationId id = change.operation();
    hook.pass(change, Moment.RECEIVED);
    if (!alive(() -> journal.begin(id))) {
      hook.violation("operation " + id + " was asked for twice");
      throw VpsException.internal("operation " + id + " was asked for twice", null);
    }
    try {
      Object reply = perform(change, exchange);
      hook.pass(change, Moment.COMMITTED);
      return alive(() -> {
        journal.succeed(id);
        return reply;
      });
    } catch (VpsException e) {
      alive(() -> {
        journal.fail(id, e);
        return null;
      });
      throw e;
    }
  }

  private Object perform(HookRequest.Change<?> change, HookExchange exchange) {
    return switch (change) {
      case HookRequest.BuildTemplate build -> templates.build(build, exchange);
      case HookRequest.AddTemplate add -> templates.add(add, exchange);
      case HookRequest.ExportTemplate export -> templates.export(export, exchange);
      case HookRequest.RemoveTemplate remove -> templates.remove(remove, exchange);
      case HookRequest.CreateVps create -> create(create, exchange);
      case HookRequest.StartVps start ->
          move(start, start.name(), exchange, FakeMoves.START, _ -> host.running());
      case HookRequest.StopVps stop ->
          move(stop, stop.name(), exchange, FakeMoves.STOP, _ -> new VpsStatus.Stopped());
      case HookRequest.PauseVps pause ->
          move(pause, pause.name(), exchange, FakeMoves.PAUSE, FakeMoves::paused);
      case HookRequest.UnpauseVps unpause ->
          move(unpause, unpause.name(), exchange, FakeMoves.UNPAUSE, FakeMoves::unpaused);
      case HookRequest.SuspendVps suspend -> machine.suspend(suspend, exchange);
      case HookRequest.ResumeVps resume -> machine.resume(resume, exchange);
      case HookRequest.DestroyVps destroy -> destroy(destroy, exchange);
      case HookRequest.ExportVps export -> export(export, exchange);
      case HookRequest.ImportVps toImport -> importVps(toImport, toImport.name(), false, exchange);
      case HookRequest.SendCheckpoint send -> travel.send(send, exchange);
      case HookRequest.ReceiveVps receive -> travel.receive(receive, receive.name(), exchange);
      case HookRequest.MigrateVps migrate -> travel.migrate(migrate, exchange);
      case HookRequest.SendAhead send -> {
        hook.pass(send, Moment.BEGUN);
        AheadReport report =
            FakeAhead.send(
                host.find(send.name()),
                hook.archiveBytes(),
                exchange,
                progress -> report(send, exchange, progress));
        yield commit(send, () -> report);
      }
      case HookRequest.ReceiveAhead receive -> {
        hook.pass(receive, Moment.BEGUN);
        FakeAhead.receive(exchange);
        yield commit(receive, Done::new);
      }
      case HookRequest.CheckpointVps checkpoint -> machine.checkpoint(checkpoint, exchange);
      case HookRequest.VerifyCheckpoint verify -> machine.verify(verify, exchange);
      case HookRequest.RewindVps rewind -> machine.rewind(rewind, exchange);
      case HookRequest.CloneVps clone -> machine.cloneVps(clone, exchange);
      case HookRequest.ForgetCheckpoint forget -> machine.forget(forget, exchange);
      case HookRequest.MaintainStore maintain -> machine.maintain(maintain, exchange);
    };
  }

  /** Refuses what a preflight refuses. */
  void requireNothingBlocks(VpsName name, String verb) {
    preflight.requireNothingBlocks(name, verb);
  }

  private VpsReport move(
      HookRequest.Change<?> change,
      VpsName name,
      HookExchange exchange,
      FakeMoves move,
      UnaryOperator<VpsStatus> effect) {
    return claimed(
        change,
        name,
        move,
        () -> {
          work(change, exchange);
          return commit(change, () -> host.settle(name, effect));
        });
  }

  private Done destroy(HookRequest.DestroyVps destroy, HookExchange exchange) {
    return claimed(
        destroy,
        destroy.name(),
        FakeMoves.DESTROY,
        () -> {
          work(destroy, exchange);
          return alive(() -> {
            journal.commit(destroy.operation());
            host.remove(destroy.name());
            return new Done();
          });
        });
  }

  /** A checkpoint is exported beside all that is done to its VPS; the present stands still. */
  private Done export(HookRequest.ExportVps export, HookExchange exchange) {
    VpsName name = export.name();
    if (export.checkpoint().isPresent()) {
      VpsReport vps = host.find(name);
      TimelineEntry entry = host.timelines().find(name, export.checkpoint().get());
      machine.verify(export, entry.checkpoint().id());
      host.timelines().requireWhole(name, entry.checkpoint().id());
      write(
          export,
          FakeArchive.VPS,
          new FakeArchive.Content(
              host.asIn(entry, vps), host.files().kept(entry.checkpoint().id())),
          exchange);
      return commit(export, Done::new);
    }
    return claimed(
        export,
        name,
        FakeMoves.EXPORT,
        () -> {
          if (host.find(name).status() instanceof VpsStatus.Suspended(CheckpointReport in)) {
            machine.verify(export, in.id());
          }
          write(
              export,
              FakeArchive.VPS,
              new FakeArchive.Content(host.find(name), host.files().present(name)),
              exchange);
          return commit(
              export,
              () -> {
                host.settle(name, status -> status);
                return new Done();
              });
        });
  }

  /** Writes an archive for the caller, with its moments. */
  <T> void write(
      HookRequest.Change<?> export, FakeArchive.Kind<T> kind, T content, HookExchange exchange) {
    hook.pass(export, Moment.BEGUN);
    long total = hook.archiveBytes();
    Stream stream = new Stream(export, exchange, total);
    try {
      FakeArchive.write(kind, content, total, stream.out(), stream::done);
    } catch (IOException e) {
      throw lostCaller();
    }
  }

  <T> T claimed(HookRequest.Change<?> change, VpsName name, FakeMoves move, Supplier<T> work) {
    VpsReport vps;
    try {
      vps = alive(() -> host.claim(name, change.operation()));
    } catch (VpsException e) {
      if (e.code() == Code.BUSY) {
        hook.violation("two changes at once: " + change);
      }
      throw e;
    }
    try {
      move.check(name, vps.status());
      return work.get();
    } catch (VpsException e) {
      alive(() -> host.settle(name, status -> status));
      throw e;
    }
  }

  private VpsReport create(HookRequest.CreateVps create, HookExchange exchange) {
    TemplateReport template = host.template(create.template());
    if (!template.built()) {
      throw new VpsException(
          Code.WRONG_STATE,
          "cannot create VPS '" + create.name() + "'",
          "template '" + template.name() + "' is not built",
          "Build it with 'letargo template build " + template.name() + "'.");
    }
    alive(() ->
        host.add(
            create.name(),
            create.template(),
            create.limits(),
            create.address(),
            create.published(),
            create.operation()));
    try {
      work(create, exchange);
    } catch (VpsException e) {
      alive(() -> {
        host.remove(create.name());
        return null;
      });
      throw e;
    }
    return commit(create, () -> host.settle(create.name(), status -> status));
  }

  /**
   * @param keepsAddress whether one with memory comes back at its address
   */
  VpsReport importVps(
      HookRequest.Change<?> request,
      Optional<VpsName> wanted,
      boolean keepsAddress,
      HookExchange exchange) {
    hook.pass(request, Moment.BEGUN);
    wanted.ifPresent(host::requireFree);
    Stream stream = new Stream(request, exchange, hook.archiveBytes());
    FakeArchive.Content archived;
    try {
      archived =
          FakeArchive.read(
              FakeArchive.VPS,
              exchange.input(),
              content -> host.requireFree(wanted.orElse(content.vps().spec().name())),
              stream::done);
    } catch (IOException e) {
      throw lostCaller();
    }
    VpsReport saved = archived.vps();
    VpsName name = wanted.orElse(saved.spec().name());
    boolean hasMemory = saved.status() instanceof VpsStatus.Suspended;
    return alive(() -> {
      host.add(
          name,
          saved.spec().template(),
          saved.spec().limits(),
          keepsAddress && hasMemory ? Optional.of(saved.spec().address()) : Optional.empty(),
          saved.spec().published(),
          request.operation());
      journal.commit(request.operation());
      host.files().replace(name, archived.files());
      keepImported(name, saved.status());
      return host.settle(name, _ -> saved.status());
    });
  }

  private void keepImported(VpsName name, VpsStatus status) {
    boolean hasMemory = status instanceof VpsStatus.Suspended;
    CheckpointReport saved =
        status instanceof VpsStatus.Suspended(CheckpointReport in)
            ? in
            : FakeTimelines.capture(false);
    host.timelines().add(name, saved, CheckpointKind.IMPORT, hasMemory, "", "");
  }

  /** The work of a change without a stream, with its moments. */
  void work(HookRequest.Change<?> change, HookExchange exchange) {
    report(change, exchange, Progress.phase("begin", 0));
    hook.pass(change, Moment.BEGUN);
    report(change, exchange, Progress.phase("work", 50));
    hook.pass(change, Moment.HALFWAY);
    report(change, exchange, Progress.phase("commit", 99));
  }

  private void report(HookRequest.Change<?> change, HookExchange exchange, Progress progress) {
    alive(() -> {
      journal.checkCancelled(change.operation());
      journal.progress(change.operation(), progress);
      return null;
    });
    exchange.progress(progress);
  }

  static VpsException lostCaller() {
    return new VpsException(
        Code.CANCELLED, "the stream broke", "the caller hung up", "Start it again.");
  }

  private Done watch(HookExchange exchange) {
    BlockingQueue<Optional<VpsEvent>> events = host.watch();
    exchange.onHangUp(() -> host.unwatch(events));
    try {
      for (Optional<VpsEvent> event = events.take(); event.isPresent(); event = events.take()) {
        exchange.event(event.get());
      }
    } catch (IOException e) {
      // the caller hung up
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      host.unwatch(events);
    }
    return new Done();
  }

  private static HostReport describeHost() {
    return new HostReport(
        "fake",
        "0.1.0",
        "6.18.0",
        "x86_64",
        "v2",
        List.of("cpu", "memory", "pids"),
        "4.2",
        "1.1.5",
        "10.77.0.0/24",
        2,
        List.of("avx2", "fpu", "sse4_2"),
        DataSize.ofMebibytes(4096),
        DataSize.ofMebibytes(2048),
        DataSize.ofMebibytes(40960),
        DataSize.ofMebibytes(20480),
        List.of("mem_dirty_track"),
        List.of());
  }

  /** The progress of a stream, with the moment in its middle. */
  final class Stream {
    private final HookRequest.Change<?> change;
    private final HookExchange exchange;
    private final long totalBytes;
    private boolean half;

    Stream(HookRequest.Change<?> change, HookExchange exchange, long totalBytes) {
      this.change = change;
      this.exchange = exchange;
      this.totalBytes = totalBytes;
    }

    void done(long doneBytes) {
      int percent = totalBytes == 0 ? -1 : (int) Math.min(99, doneBytes * 100 / totalBytes);
      report(change, exchange, new Progress("stream", doneBytes, totalBytes, percent));
      if (!half && doneBytes * 2 >= totalBytes) {
        half = true;
        hook.pass(change, Moment.HALFWAY);
      }
    }

    OutputStream out() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          alive(() -> null);
          exchange.output(bytes, offset, length);
        }
      };
    }
  }
}
