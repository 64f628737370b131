package org.letargo.manager.admission;

import java.util.List;
import java.util.function.Supplier;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.migration.Admittance;
import org.letargo.manager.peer.Arrival;
import org.letargo.manager.peer.HostFacts;
import org.letargo.manager.peer.PeerName;
import org.letargo.manager.peer.PeerService;

/** Finds out whether a VPS can move to a peer; nothing is touched or reserved. Blocks. */
public final class CheckMigration implements Admittance {
  private final PeerService peers;
  private final Supplier<HostFacts> facts;
  private final HookClient hook;

  /**
   * @param facts what this host says of itself
   */
  public CheckMigration(PeerService peers, Supplier<HostFacts> facts, HookClient hook) {
    this.peers = peers;
    this.facts = facts;
    this.hook = hook;
  }

  /**
   * What was found, good or bad.
   *
   * @throws VpsException NOT_FOUND, HOOK_UNREACHABLE, PEER_UNREACHABLE, PEER_REFUSED
   */
  public MigrationCheck check(VpsName name, PeerName peer) {
    return MigrationCheck.of(name, peer, Admission.judge(look(name, peer)));
  }

  private Travel look(VpsName name, PeerName peer) {
    DepartureReport vps = hook.call(new HookRequest.DescribeDeparture(name));
    Arrival arrival = peers.arrival(peer, Arrival.Question.of(vps.spec(), vps.templateDigest()));
    return new Travel(facts.get(), vps, arrival.host(), arrival.seat());
  }

  /**
   * {@inheritDoc}
   *
   * @throws VpsException as {@link #check}, and PEER_REFUSED with what stands in the way
   */
  @Override
  public Admitted require(VpsName name, String peer) {
    Travel travel = look(name, new PeerName(peer));
    List<Verdict> refused = Admission.judge(travel).stream().filter(Verdict::isRefused).toList();
    if (refused.isEmpty()) {
      return new Admitted(
          travel.vps(), travel.seat().template().isPresent(), !travel.seat().storeEncrypted());
    }
    Verdict first = refused.getFirst();
    int more = refused.size() - 1;
    throw new VpsException(
        Code.PEER_REFUSED,
        "cannot migrate VPS '" + name + "' to " + peer,
        first.finding() + (more == 0 ? "" : "; and " + more + " more"),
        (first.remedy() + " See all with 'letargo migrate " + name + " " + peer + " --check-only'.")
            .strip());
  }
}
