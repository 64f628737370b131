package org.letargo.manager.admission;

import java.util.List;
import java.util.function.Supplier;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.peer.Arrival;
import org.letargo.manager.peer.HostFacts;
import org.letargo.manager.peer.PeerName;
import org.letargo.manager.peer.PeerService;

/** Finds out whether a VPS can move to a peer; nothing is touched or reserved. Blocks. */
public final class CheckMigration {
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
    DepartureReport vps = hook.call(new HookRequest.DescribeDeparture(name));
    Arrival arrival = peers.arrival(peer, Arrival.Question.of(vps.spec(), vps.templateDigest()));
    List<Verdict> verdicts =
        Admission.judge(new Travel(facts.get(), vps, arrival.host(), arrival.seat()));
    return MigrationCheck.of(name, peer, verdicts);
  }

  /**
   * For a real migration, before it touches anything.
   *
   * @return what was found; nothing of it refuses
   * @throws VpsException as {@link #check}, and PEER_REFUSED with what stands in the way
   */
  public MigrationCheck require(VpsName name, PeerName peer) {
    MigrationCheck found = check(name, peer);
    List<Verdict> refused = found.verdicts().stream().filter(Verdict::isRefused).toList();
    if (refused.isEmpty()) {
      return found;
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
