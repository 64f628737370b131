package org.letargo.manager.admission;

import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.peer.PeerName;
import org.letargo.manager.peer.PeerRoute;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Whether a VPS can move: ask. */
public final class AdmissionRoute {
  /** Schema CheckMigration. */
  record CheckBody(PeerName peer) {}

  private final Optional<CheckMigration> check;

  /**
   * @param check empty: peers are off
   */
  public AdmissionRoute(Optional<CheckMigration> check) {
    this.check = check;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("checkMigration", this::check);
  }

  private void check(Call call) {
    CheckMigration checking = check.orElseThrow(PeerRoute::off);
    VpsName name = new VpsName(call.path("name"));
    PeerName peer = call.body(CheckBody.class).peer();
    call.blocking(() -> call.answer(200, checking.check(name, peer)));
  }
}
