package org.letargo.manager.events;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.auth.Tokens;
import org.letargo.manager.events.Changes.Change;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationView;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.vps.Vps;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsView;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;
import org.letargo.manager.web.Sse;
import org.letargo.manager.web.TokenCheck;

/** Server-sent events: all that changes, or one operation. */
public final class EventsRoute {
  /** The most that listen at once; each holds a connection. */
  private static final int MAX_SUBSCRIBERS = 256;

  /** The data of an event {@code vps-gone}. */
  record Gone(VpsName name) {}

  private final Changes changes;
  private final VpsRegistry registry;
  private final Operations operations;
  private final TokenCheck tokens;

  public EventsRoute(
      Changes changes, VpsRegistry registry, Operations operations, TokenCheck tokens) {
    this.changes = changes;
    this.registry = registry;
    this.operations = operations;
    this.tokens = tokens;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("watchEvents", this::watchAll).add("watchOperation", this::watchOperation);
  }

  private void watchAll(Call call) {
    refuseTooMany();
    var all = registry.list();
    AtomicReference<Runnable> unsubscribe = new AtomicReference<>(() -> {});
    Sse sse = open(call, unsubscribe);
    unsubscribe.set(changes.subscribe(change -> offer(sse, change)));
    sse.endIfGone();
    all.forEach(vps -> offer(sse, new Change.OfVps(vps.name())));
  }

  private void offer(Sse sse, Change change) {
    switch (change) {
      case Change.OfVps(VpsName name) -> sse.offer("vps " + name, () -> vpsEvent(name));
      case Change.OfOperation(Operation operation) ->
          sse.offer("operation " + operation.id(), () -> operationEvent(operation));
    }
  }

  /** As the VPS is when the event is sent, so that an older one never comes after a newer. */
  private Sse.Event vpsEvent(VpsName name) {
    Optional<Vps> vps = registry.find(name);
    return vps.map(there -> new Sse.Event("vps", VpsView.of(there)))
        .orElseGet(() -> new Sse.Event("vps-gone", new Gone(name)));
  }

  private static Sse.Event operationEvent(Operation operation) {
    return new Sse.Event("operation", OperationView.of(operation));
  }

  private void watchOperation(Call call) {
    refuseTooMany();
    OperationId id = new OperationId(call.path("id"));
    call.blocking(() -> {
      operations.find(id); // NOT_FOUND before the answer begins
      call.context().runOnContext(_ -> watchOperation(call, id));
    });
  }

  private void watchOperation(Call call, OperationId id) {
    AtomicReference<Runnable> unsubscribe = new AtomicReference<>(() -> {});
    Sse sse = open(call, unsubscribe);
    unsubscribe.set(
        changes.subscribe(change -> {
          if (change instanceof Change.OfOperation(Operation operation)
              && operation.id().equals(id)) {
            offerToItsEnd(sse, operation);
          }
        }));
    sse.endIfGone();
    // asked for after the subscription, so that its end cannot be missed
    call.blocking(() -> offerToItsEnd(sse, operations.find(id)));
  }

  private static void offerToItsEnd(Sse sse, Operation operation) {
    sse.offer("operation", () -> operationEvent(operation));
    if (operation.state().isFinal()) {
      sse.finish();
    }
  }

  private Sse open(Call call, AtomicReference<Runnable> unsubscribe) {
    AtomicReference<Tokens.Watch> watch = new AtomicReference<>();
    Sse sse =
        new Sse(
            call,
            () -> {
              unsubscribe.get().run();
              watch.get().close();
            });
    watch.set(tokens.watch(call.token(), sse::cut)); // it ends on this thread, so not before
    return sse;
  }

  private void refuseTooMany() {
    if (changes.subscribers() >= MAX_SUBSCRIBERS) {
      throw new VpsException(
          Code.BUSY,
          "cannot watch",
          MAX_SUBSCRIBERS + " are watching already",
          "Close a console, or wait.");
    }
  }
}
