package org.letargo.manager.peer;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Peers: look, add, remove; join tokens; the certificate authority. */
public final class PeerRoute {
  record PeerList(List<PeerView> peers) {}

  /** Schema AddPeer. */
  record AddBody(PeerName name, PeerUrl url, String token, Optional<PeerName> as) {
    @Override
    public String toString() {
      return "AddBody[" + name + "]"; // the token is a secret
    }
  }

  /** Schema ProbePeer. */
  record ProbeBody(Optional<Long> bytes) {}

  private static final long DEFAULT_PROBE_BYTES = 64L << 20;

  /** Schema SendCheckpoint. */
  record SendBody(PeerName peer, Optional<VpsName> name) {}

  private final Optional<PeerService> service;
  private final Optional<SendVps> send;

  /**
   * @param service empty: peers are off
   * @param send empty with it
   */
  public PeerRoute(Optional<PeerService> service, Optional<SendVps> send) {
    this.service = service;
    this.send = send;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listPeers", this::list)
        .add("addPeer", this::add)
        .add("removePeer", this::remove)
        .add("probePeer", this::probe)
        .add("sendCheckpoint", this::send)
        .add("createPeerToken", this::token)
        .add("rotatePeerAuthority", this::rotate);
  }

  private PeerService service() {
    return service.orElseThrow(PeerRoute::off);
  }

  /** Why nothing can be done with peers on this host. */
  public static VpsException off() {
    return new VpsException(
        Code.HOST_UNFIT,
        "there is nothing to do with peers",
        "they are off on this host: its configuration has no 'peers.listen'",
        "Set 'peers.listen' in /etc/letargo/letargo.yaml to an address and a port, such as"
            + " 0.0.0.0:7071, and restart letargo-manager.");
  }

  private void send(Call call) {
    SendVps sending = send.orElseThrow(PeerRoute::off);
    VpsName name = new VpsName(call.path("name"));
    String checkpoint = call.path("checkpoint");
    SendBody body = call.body(SendBody.class);
    SendVps.Wish wish = new SendVps.Wish(name, checkpoint, body.peer(), body.name().orElse(name));
    call.blocking(() -> call.accepted(sending.start(wish, call.by())));
  }

  private void list(Call call) {
    PeerService peers = service();
    call.blocking(() -> call.answer(200, new PeerList(peers.list())));
  }

  private void add(Call call) {
    PeerService peers = service();
    AddBody body = call.body(AddBody.class);
    call.blocking(
        () -> call.answer(201, peers.add(body.name(), body.url(), body.token(), body.as())));
  }

  private void remove(Call call) {
    PeerService peers = service();
    PeerName name = new PeerName(call.path("name"));
    call.blocking(() -> {
      peers.remove(name);
      call.noContent();
    });
  }

  private void probe(Call call) {
    PeerService peers = service();
    PeerName name = new PeerName(call.path("name"));
    long bytes = call.body(ProbeBody.class).bytes().orElse(DEFAULT_PROBE_BYTES);
    call.blocking(() -> call.answer(200, peers.probe(name, bytes)));
  }

  private void token(Call call) {
    PeerService peers = service();
    call.blocking(() -> call.answer(201, peers.newToken(call.by())));
  }

  private void rotate(Call call) {
    PeerService peers = service();
    call.blocking(() -> call.answer(200, peers.rotate()));
  }
}
