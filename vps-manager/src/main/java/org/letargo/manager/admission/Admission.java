package org.letargo.manager.admission;

import static org.letargo.manager.admission.Verdict.fine;
import static org.letargo.manager.admission.Verdict.refused;
import static org.letargo.manager.admission.Verdict.warning;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.manager.admission.Verdict.Topic;
import org.letargo.manager.peer.HostFacts;

/**
 * Judges whether a VPS can move to another host, from what both say: the same facts, the same
 * verdicts. What the other host says is not believed beyond what it can only harm itself with, and
 * what it does not say counts against it.
 */
final class Admission {
  /** Memory and files that zstd makes smaller than this are not met; as an import counts. */
  private static final int BEST_COMPRESSION = 16;

  /** Kept free beside an unpacked disk. */
  private static final long SPARE_BYTES = 64L << 20;

  private final HostFacts source;
  private final DepartureReport vps;
  private final HostFacts target;
  private final ArrivalReport seat;

  private Admission(Travel travel) {
    this.source = travel.source();
    this.vps = travel.vps();
    this.target = travel.target();
    this.seat = travel.seat();
  }

  /** One verdict for each topic, in their order. */
  static List<Verdict> judge(Travel travel) {
    var admission = new Admission(travel);
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(admission.protocol());
    verdicts.add(admission.state());
    verdicts.add(admission.name());
    verdicts.add(admission.address());
    verdicts.add(admission.network());
    verdicts.add(admission.ports());
    verdicts.add(admission.template());
    verdicts.add(admission.memory());
    verdicts.add(admission.store());
    verdicts.add(admission.disk());
    verdicts.addAll(MachineAdmission.judge(travel));
    return List.copyOf(verdicts);
  }

  private Verdict protocol() {
    if (target.protocol() == source.protocol()) {
      return fine(Topic.PROTOCOL, "both move VPSes by version " + source.protocol());
    }
    return refused(
        Topic.PROTOCOL,
        "it moves VPSes by version %d, this host by %d"
            .formatted(target.protocol(), source.protocol()),
        "Let both hosts run the same Letargo.");
  }

  private Verdict state() {
    if (vps.obstacles().isEmpty()) {
      return fine(
          Topic.STATE,
          vps.hasMemory() ? "nothing keeps it from being suspended" : "it has no processes");
    }
    Obstacle first = vps.obstacles().getFirst();
    int more = vps.obstacles().size() - 1;
    return refused(
        Topic.STATE,
        "it cannot be suspended: "
            + first.sentence()
            + (more == 0 ? "" : "; and " + more + " more"),
        (first.remedy() + " See 'letargo preflight " + vps.spec().name() + "'.").strip());
  }

  private Verdict name() {
    return seat.nameFree()
        ? fine(Topic.NAME, "its name is free")
        : refused(
            Topic.NAME,
            "there is a VPS '" + vps.spec().name() + "' already",
            "Destroy that one, if it is not needed.");
  }

  private Verdict address() {
    String address = "address " + vps.spec().address();
    if (seat.addressHolder().isPresent()) {
      return refused(
          Topic.ADDRESS,
          "VPS '" + seat.addressHolder().get() + "' has its " + address,
          "Destroy that one, if it is not needed.");
    }
    return seat.addressInSubnet()
        ? fine(Topic.ADDRESS, "its " + address + " is free")
        : refused(
            Topic.ADDRESS,
            "the VPSes of that host are in " + target.subnet() + ", and it has " + address,
            "Give both hosts the same hook.subnet.");
  }

  /** Its route leads to the first address of the subnet, and neighbours are asked for directly. */
  private Verdict network() {
    if (target.subnet().equals(source.subnet())) {
      return fine(Topic.NETWORK, "both hosts have the subnet " + source.subnet());
    }
    String differs =
        "the subnet here is %s, there it is %s".formatted(source.subnet(), target.subnet());
    String remedy = "Give both hosts the same hook.subnet.";
    return network(target.subnet()).equals(network(source.subnet()))
        ? warning(
            Topic.NETWORK, differs + ", with the same gateway: it goes on with its own", remedy)
        : refused(Topic.NETWORK, differs + ": it would not find its gateway", remedy);
  }

  private static String network(String subnet) {
    return subnet.replaceFirst("/.*", "");
  }

  private Verdict ports() {
    if (vps.spec().published().isEmpty()) {
      return fine(Topic.PORTS, "it publishes none");
    }
    if (seat.portsInUse().isEmpty()) {
      String ports =
          vps.spec().published().stream().map(Object::toString).collect(Collectors.joining(", "));
      return fine(Topic.PORTS, "those that it publishes are free: " + ports);
    }
    ArrivalReport.PortInUse first = seat.portsInUse().getFirst();
    int more = seat.portsInUse().size() - 1;
    return refused(
        Topic.PORTS,
        "port %d of that host is in use: %s%s"
            .formatted(
                first.port().hostPort(), first.why(), more == 0 ? "" : "; and " + more + " more"),
        "End what has it there.");
  }

  private Verdict template() {
    String name = vps.spec().template().value();
    return seat.template()
        .map(there ->
            fine(
                Topic.TEMPLATE,
                there.value().equals(name)
                    ? "its template '" + name + "' is there"
                    : "its template is there, as '" + there + "'"))
        .orElseGet(() ->
            warning(
                Topic.TEMPLATE,
                "no template of that host has the contents of '%s' (%s): it is sent first, %s"
                    .formatted(name, digest(), vps.templateSize()),
                ""));
  }

  private String digest() {
    String digest = vps.templateDigest();
    return digest.substring(0, Math.min(digest.length(), 20));
  }

  private Verdict memory() {
    DataSize limit = vps.spec().limits().memory();
    DataSize needs = vps.memory();
    DataSize free = size(target.host().memoryAvailableBytes());
    DataSize total = size(target.host().memoryTotalBytes());
    if (needs.compareTo(free) > 0) {
      return refused(
          Topic.MEMORY,
          "it has %s in memory, and %s are free there".formatted(needs, free),
          "Free memory there.");
    }
    if (limit.compareTo(total) > 0) {
      return warning(
          Topic.MEMORY,
          "it may use %s, and that host has %s in all".formatted(limit, total),
          "Do not let it use so much there.");
    }
    return limit.compareTo(free) > 0
        ? warning(
            Topic.MEMORY,
            "it has %s in memory and may use %s, and %s are free there"
                .formatted(needs, limit, free),
            "Watch the memory of that host.")
        : fine(Topic.MEMORY, "%s are free there, and it may use %s".formatted(free, limit));
  }

  /** How much of it that store has already, and how well the rest compresses, is seen later. */
  private Verdict store() {
    DataSize most = DataSize.ofBytes(vps.memory().bytes() + vps.disk().bytes());
    DataSize room = seat.storeRoom();
    if (most.compareTo(room) <= 0) {
      return fine(Topic.STORE, "it takes %s at most, of %s".formatted(most, room));
    }
    return most.bytes() / BEST_COMPRESSION <= room.bytes()
        ? warning(
            Topic.STORE,
            "it may take %s, and the store has room for %s: it fits only if it compresses well, or much of it is there"
                .formatted(most, room),
            "Forget checkpoints there, or raise hook.store.budget.")
        : refused(
            Topic.STORE,
            "it may take %s, and the store has room for %s".formatted(most, room),
            "Forget checkpoints there, or raise hook.store.budget.");
  }

  private Verdict disk() {
    long template = seat.template().isPresent() ? 0 : vps.templateSize().bytes();
    DataSize needs = DataSize.ofBytes(vps.disk().bytes() + template + SPARE_BYTES);
    DataSize free = size(target.host().diskAvailableBytes());
    return needs.compareTo(free) <= 0
        ? fine(Topic.DISK, "its files take %s, of %s".formatted(vps.disk(), free))
        : refused(
            Topic.DISK,
            "its files take %s, and %s are free there".formatted(vps.disk(), free),
            "Free space on that disk.");
  }

  /** A peer may say anything: less than nothing is nothing. */
  private static DataSize size(long theirs) {
    return DataSize.ofBytes(Math.max(0, theirs));
  }
}
