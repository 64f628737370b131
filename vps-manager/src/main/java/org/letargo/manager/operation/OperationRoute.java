package org.letargo.manager.operation;

import java.util.Optional;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Operations: look, cancel. Watching them is in {@code events}. */
public final class OperationRoute {
  private static final int DEFAULT_LIMIT = 100;

  private final Operations operations;

  public OperationRoute(Operations operations) {
    this.operations = operations;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listOperations", this::list)
        .add("getOperation", this::get)
        .add("cancelOperation", this::cancel);
  }

  private void list(Call call) {
    Optional<VpsName> vps = call.query("vps").map(VpsName::new);
    int limit = call.query("limit", DEFAULT_LIMIT);
    call.blocking(() ->
        call.answer(
            200,
            new OperationList(
                operations.list(vps, limit).stream().map(OperationView::of).toList())));
  }

  private void get(Call call) {
    OperationId id = new OperationId(call.path("id"));
    call.blocking(() -> call.answer(200, OperationView.of(operations.find(id))));
  }

  private void cancel(Call call) {
    OperationId id = new OperationId(call.path("id"));
    call.blocking(() -> call.accepted(operations.cancel(id)));
  }
}
