package org.letargo.manager.preflight;

import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Preflights: ask for one. */
public final class PreflightRoute {
  private final HookClient hook;

  public PreflightRoute(HookClient hook) {
    this.hook = hook;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("preflightVps", this::get);
  }

  private void get(Call call) {
    VpsName name = new VpsName(call.path("name"));
    call.blocking(
        () -> call.answer(200, PreflightView.of(hook.call(new HookRequest.PreflightVps(name)))));
  }
}
