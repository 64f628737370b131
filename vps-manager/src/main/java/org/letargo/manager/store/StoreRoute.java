package org.letargo.manager.store;

import org.letargo.hook.protocol.StoreWork;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** The store: look, check, collect, repair. */
public final class StoreRoute {
  private final MaintainStore store;

  public StoreRoute(MaintainStore store) {
    this.store = store;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("getStore", this::get)
        .add("checkStore", call -> start(call, StoreWork.CHECK))
        .add("collectStore", call -> start(call, StoreWork.COLLECT))
        .add("repairStore", call -> start(call, StoreWork.REPAIR));
  }

  private void get(Call call) {
    call.blocking(() -> call.answer(200, StoreView.of(store.report())));
  }

  private void start(Call call, StoreWork work) {
    call.blocking(() -> call.accepted(store.start(work, call.by())));
  }
}
