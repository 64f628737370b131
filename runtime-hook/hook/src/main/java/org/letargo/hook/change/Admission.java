package org.letargo.hook.change;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.ArrivalReport.PortInUse;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;

/**
 * Gives a new VPS what only one can have: name, address, ports, range of user ids. What is given
 * stays reserved until the VPS is there or its creation has failed.
 */
final class Admission {
  /** Two to the 31st is where ids of 32-bit programs end. */
  private static final int LAST_ID_BASE = Integer.MAX_VALUE - StoredVps.ID_COUNT;

  /** What a new VPS got; closing it gives it back, unless the VPS exists by then. */
  record Seat(VpsName name, Ipv4Address address, int hostIdBase, List<PublishedPort> published) {}

  private final Host host;

  /** Guarded by this. */
  private final Map<VpsName, Seat> reserved = new HashMap<>();

  Admission(Host host) {
    this.host = host;
  }

  /**
   * Reserves for a VPS that is about to be made; {@link #release} ends it.
   *
   * @param wanted its address; empty: the lowest free one
   * @throws VpsException NAME_TAKEN, ADDRESS_IN_USE, PORT_IN_USE, INVALID_REQUEST
   */
  synchronized Seat reserve(
      VpsName name, Optional<Ipv4Address> wanted, List<PublishedPort> published) {
    name.requireUnreserved();
    if (host.vpses().contains(name) || reserved.containsKey(name)) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot make VPS '" + name + "'",
          "there is one of that name",
          "Choose another name, or destroy that one first.");
    }
    Seat seat = new Seat(name, address(wanted), idBase(), List.copyOf(published));
    requireFree(published);
    reserved.put(name, seat);
    return seat;
  }

  synchronized void release(Seat seat) {
    reserved.remove(seat.name());
  }

  /** What {@link #reserve} would say, and what else a VPS of another host needs here. */
  ArrivalReport look(HookRequest.DescribeArrival wanted) {
    Optional<TemplateName> template =
        host.templates().withContents(wanted.templateDigest(), new TemplateName("unknown"));
    DataSize room = host.store().room();
    synchronized (this) {
      return new ArrivalReport(
          !host.vpses().contains(wanted.name()) && !reserved.containsKey(wanted.name()),
          host.configuration().subnet().offers(wanted.address()),
          Optional.ofNullable(addresses().get(wanted.address())),
          portsInUse(wanted.published()),
          template,
          room,
          host.store().packs().encrypted());
    }
  }

  private Map<Ipv4Address, VpsName> addresses() {
    Map<Ipv4Address, VpsName> taken = new HashMap<>();
    host.vpses().all().forEach(vps -> taken.put(vps.spec().address(), vps.spec().name()));
    reserved.values().forEach(seat -> taken.put(seat.address(), seat.name()));
    return taken;
  }

  private Ipv4Address address(Optional<Ipv4Address> wanted) {
    Map<Ipv4Address, VpsName> taken = addresses();
    var subnet = host.configuration().subnet();
    if (wanted.isEmpty()) {
      return subnet
          .firstFree(taken.keySet())
          .orElseThrow(() ->
              new VpsException(
                  Code.ADDRESS_IN_USE,
                  "cannot give the VPS an address",
                  "all addresses of " + subnet + " are in use",
                  "Destroy a VPS, or configure a larger subnet."));
    }
    Ipv4Address address = wanted.get();
    if (!subnet.offers(address)) {
      throw VpsException.invalid(
          "address '" + address + "'",
          "the VPSes of this host are in " + subnet + ", whose first address is the host's",
          "Choose one of them, or leave it out.");
    }
    if (taken.containsKey(address)) {
      throw new VpsException(
          Code.ADDRESS_IN_USE,
          "cannot use address '" + address + "'",
          "VPS '" + taken.get(address) + "' has it",
          "Choose another one, or leave it out.");
    }
    return address;
  }

  private int idBase() {
    Set<Integer> taken =
        host.vpses().all().stream()
            .map(vps -> vps.stored().hostIdBase())
            .collect(Collectors.toCollection(HashSet::new));
    reserved.values().forEach(seat -> taken.add(seat.hostIdBase()));
    int base = host.configuration().firstHostId();
    while (taken.contains(base)) {
      if (base > LAST_ID_BASE - StoredVps.ID_COUNT) {
        throw new VpsException(
            Code.HOST_UNFIT,
            "cannot give the VPS user ids of its own",
            "all ranges above " + host.configuration().firstHostId() + " are in use",
            "Configure a smaller hook.first-host-id.");
      }
      base += StoredVps.ID_COUNT;
    }
    return base;
  }

  private void requireFree(List<PublishedPort> published) {
    portsInUse(published).stream()
        .findFirst()
        .ifPresent(found -> {
          throw inUse(found.port(), found.why());
        });
  }

  private List<PortInUse> portsInUse(List<PublishedPort> published) {
    Map<String, VpsName> taken = new HashMap<>();
    for (Vps vps : host.vpses().all()) {
      vps.spec().published().forEach(port -> taken.put(key(port), vps.spec().name()));
    }
    for (Seat seat : reserved.values()) {
      seat.published().forEach(port -> taken.put(key(port), seat.name()));
    }
    Set<String> own = new HashSet<>();
    List<PortInUse> found = new ArrayList<>();
    for (PublishedPort port : published) {
      VpsName holder = taken.get(key(port));
      if (holder != null) {
        found.add(new PortInUse(port, "VPS '" + holder + "' has it"));
      } else if (!own.add(key(port))) {
        found.add(new PortInUse(port, "it is given twice"));
      } else if (!canBind(port)) {
        found.add(new PortInUse(port, "a program of the host has it"));
      }
    }
    return found;
  }

  private static String key(PublishedPort port) {
    return port.protocol() + "/" + port.hostPort();
  }

  private static boolean canBind(PublishedPort port) {
    try {
      switch (port.protocol()) {
        case TCP -> new ServerSocket(port.hostPort()).close();
        case UDP -> new DatagramSocket(port.hostPort()).close();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static VpsException inUse(PublishedPort port, String why) {
    return new VpsException(
        Code.PORT_IN_USE,
        "cannot publish port " + port.hostPort() + " of the host",
        why,
        "Choose another one.");
  }
}
