package org.letargo.manager.host;

import java.util.Map;
import java.util.TreeMap;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.manager.vps.Vps;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** The host: look. */
public final class HostRoute {
  private final HookClient hook;
  private final VpsRegistry registry;
  private final String managerVersion;

  public HostRoute(HookClient hook, VpsRegistry registry, String managerVersion) {
    this.hook = hook;
    this.registry = registry;
    this.managerVersion = managerVersion;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("getHost", this::get);
  }

  private void get(Call call) {
    call.blocking(() -> {
      Map<String, Integer> counts = new TreeMap<>();
      for (Vps vps : registry.list()) {
        counts.merge(vps.state().word(), 1, Integer::sum);
      }
      call.answer(
          200, HostView.of(hook.call(new HookRequest.DescribeHost()), managerVersion, counts));
    });
  }
}
