package org.letargo.hook;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.letargo.hook.ahead.ReceiveAhead;
import org.letargo.hook.ahead.SendAhead;
import org.letargo.hook.change.Changes;
import org.letargo.hook.change.Host;
import org.letargo.hook.migration.Found;
import org.letargo.hook.migration.Migrations;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookHandler;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.TemplateList;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsList;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.session.ConsoleSession;
import org.letargo.hook.session.ExecSession;
import org.letargo.hook.vps.Vps;

/** Answers the manager's requests on this host. */
final class LetargoHook implements HookHandler {
  /** A watcher that is this far behind is cut off; it connects again and sees all anew. */
  private static final int QUEUED_EVENTS = 10_000;

  private final Host host;
  private final Changes changes;
  private final Migrations migrations;
  private final Operations operations;
  private final HostInspection inspection;
  private final Departures departures;
  private final SendAhead sendAhead;
  private final ReceiveAhead receiveAhead;

  LetargoHook(
      Host host,
      Changes changes,
      Migrations migrations,
      Operations operations,
      HostInspection inspection) {
    this.host = host;
    this.changes = changes;
    this.migrations = migrations;
    this.operations = operations;
    this.inspection = inspection;
    this.departures = new Departures(host, changes);
    this.sendAhead = new SendAhead(host);
    this.receiveAhead = new ReceiveAhead(host);
  }

  @Override
  public <R> R handle(HookRequest<R> request, HookExchange exchange) {
    return request.replyType().cast(answer(request, exchange));
  }

  private Object answer(HookRequest<?> request, HookExchange exchange) {
    return switch (request) {
      case HookRequest.DescribeHost _ -> inspection.report();
      case HookRequest.ListVps _ ->
          new VpsList(host.vpses().all().stream().map(this::report).toList());
      case HookRequest.FindVps(VpsName name) -> report(host.vpses().get(name));
      case HookRequest.PreflightVps(VpsName name) -> changes.preflight(name);
      case HookRequest.DescribeDeparture(VpsName name) -> departures.of(name);
      case HookRequest.DescribeArrival arrival -> changes.arrival(arrival);
      case HookRequest.WatchVps _ -> watch(exchange);
      case HookRequest.ListTemplates _ -> new TemplateList(host.templates().list());
      case HookRequest.BuildTemplate build -> changes.make(build, exchange);
      case HookRequest.AddTemplate add -> changes.make(add, exchange);
      case HookRequest.ExportTemplate export -> changes.make(export, exchange);
      case HookRequest.RemoveTemplate remove -> changes.make(remove, exchange);
      case HookRequest.DestroyVps destroy -> done(changes.make(destroy, exchange));
      case HookRequest.ExportVps export -> done(changes.make(export, exchange));
      case HookRequest.SendCheckpoint send -> done(changes.make(send, exchange));
      case HookRequest.SendAhead ahead ->
          operations.run(
              ahead.operation(),
              exchange::progress,
              operation -> sendAhead.send(ahead, operation, exchange));
      case HookRequest.ReceiveAhead(var id) ->
          operations.run(
              id, exchange::progress, operation -> receiveAhead.receive(operation, exchange));
      case HookRequest.ListCheckpoints(VpsName name) -> host.vpses().get(name).timeline().now();
      case HookRequest.MarkCheckpoint(var name, var id, var label, var note, var pinned) ->
          host.vpses().get(name).timeline().mark(id, label, note, pinned);
      case HookRequest.DiffCheckpoints diff -> changes.diff(diff);
      case HookRequest.ForgetCheckpoint forget -> done(changes.make(forget, exchange));
      case HookRequest.CheckpointVps checkpoint -> changes.make(checkpoint, exchange);
      case HookRequest.VerifyCheckpoint verify -> changes.make(verify, exchange);
      case HookRequest.DescribeStore _ -> changes.storeReport();
      case HookRequest.MaintainStore work -> changes.make(work, exchange);
      case HookRequest.MigrateVps step -> report(migrations.make(step, exchange));
      case HookRequest.FindMigration(var migration) -> report(migrations.find(migration));
      case HookRequest.Change<?> change -> report(changes.make(change, exchange));
      case HookRequest.ExecInVps exec -> {
        requireRunning(exec.name(), "run a command in");
        yield new ExecSession(host.runc(), exec, exchange).run();
      }
      case HookRequest.AttachConsole(VpsName name, var size) -> {
        requireRunning(name, "attach to");
        yield new ConsoleSession(host.vpses().get(name).folder(), exchange).run(size);
      }
      case HookRequest.FindOperation(var operation) -> operations.find(operation);
      case HookRequest.CancelOperation(var operation) -> {
        operations.cancel(operation);
        yield new Done();
      }
    };
  }

  private static Done done(Vps vps) {
    return new Done();
  }

  private MigrationReport report(Found found) {
    return new MigrationReport(
        found.id(), found.phase(), found.vps().map(this::report), found.why());
  }

  private VpsReport report(Vps vps) {
    boolean hasProcesses =
        switch (vps.status()) {
          case VpsStatus.Running _, VpsStatus.Paused _ -> true;
          case VpsStatus.Stopped _, VpsStatus.Suspended _ -> false;
        };
    return new VpsReport(
        vps.spec(),
        vps.status(),
        hasProcesses ? host.cgroups().memoryUsed(vps.spec().name()) : DataSize.ofBytes(0),
        vps.change(),
        vps.revision(),
        vps.resumed(),
        vps.migration());
  }

  private void requireRunning(VpsName name, String verb) {
    VpsStatus status = host.vpses().get(name).status();
    if (!(status instanceof VpsStatus.Running)) {
      throw VpsException.wrongState(name, verb, status.word(), "It must be running.");
    }
  }

  private Done watch(HookExchange exchange) {
    BlockingQueue<VpsName> changed = new ArrayBlockingQueue<>(QUEUED_EVENTS);
    Thread watcher = Thread.currentThread();
    try (AutoCloseable _ =
        host.vpses()
            .listen((name, vps) -> {
              if (!changed.offer(name)) {
                watcher.interrupt();
              }
            })) {
      exchange.onHangUp(watcher::interrupt);
      for (Vps vps : List.copyOf(host.vpses().all())) {
        exchange.event(event(vps.spec().name()));
      }
      while (true) {
        exchange.event(event(changed.take()));
      }
    } catch (InterruptedException | IOException e) {
      return new Done(); // the watcher hung up, or was too slow
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw VpsException.internal("the watch failed", e);
    }
  }

  /** It may go at any moment, and is told as gone then. */
  private VpsEvent event(VpsName name) {
    return new VpsEvent(name, host.vpses().find(name).map(this::report));
  }
}
