package org.letargo.hook.network;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the root of a VPS has added to its network: addresses of its two devices, and routes. The
 * engine restores an empty network, so a socket at such an address would keep the VPS from being
 * resumed ("Can't bind inet socket"). It is noted before the VPS is frozen, in a file beside the
 * engine's images, and made again before its sockets are.
 *
 * <p>The file may have come with an archive: every word of it that reaches a command is checked.
 * Devices, rules of a firewall and settings of its own are not kept.
 */
public record GuestNetwork(List<Address> addresses, List<Route> routes) {
  private static final Logger LOG = LoggerFactory.getLogger(GuestNetwork.class);
  private static final String FILE = "letargo-network.json";
  private static final int MOST = 1000;
  private static final long LARGEST_FILE_BYTES = 1 << 20;
  private static final Set<String> DEVICES = Set.of("lo", "eth0");
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1/8", "::1/128");
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f.:]{2,39}(/[0-9]{1,3})?");

  /** Those that the kernel makes for an address, or hears from a router. */
  private static final Set<String> MADE_BY_ITSELF = Set.of("kernel", "ra", "redirect");

  public GuestNetwork {
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
    if (addresses.size() > MOST || routes.size() > MOST) {
      throw refused("it has more than " + MOST + " addresses or routes");
    }
  }

  /**
   * @param prefix such as {@code 10.9.9.9/24}
   */
  public record Address(String device, String prefix) {
    public Address {
      requireDevice(device);
      requirePrefix(prefix);
    }
  }

  /**
   * @param to a prefix, or {@code default}
   * @param via a router's address
   */
  public record Route(String to, Optional<String> via, String device) {
    public Route {
      requireDevice(device);
      if (!to.equals("default")) {
        requirePrefix(to);
      }
      requireNonNull(via, "via").ifPresent(GuestNetwork::requirePrefix);
    }
  }

  private static void requireDevice(String device) {
    if (!DEVICES.contains(device)) {
      throw refused("a device of it is none that a VPS has");
    }
  }

  private static void requirePrefix(String prefix) {
    String[] parts = prefix.split("/", 2);
    try {
      if (!PREFIX.matcher(prefix).matches()) {
        throw new IllegalArgumentException();
      }
      int bits = 8 * InetAddress.ofLiteral(parts[0]).getAddress().length;
      if (parts.length == 2 && Integer.parseInt(parts[1]) > bits) {
        throw new IllegalArgumentException();
      }
    } catch (IllegalArgumentException e) {
      throw refused("an address of it is none");
    }
  }

  private static VpsException refused(String why) {
    return new VpsException(
        Code.CHECKPOINT_CORRUPT, "the checkpoint's network is refused", why, "");
  }

  /**
   * Looks at a running VPS.
   *
   * @param pid a process in its network namespace
   */
  public static GuestNetwork of(long pid) {
    return parse(
        inside(pid, "ip", "-json", "address", "show"),
        inside(pid, "ip", "-json", "-4", "route", "show"),
        inside(pid, "ip", "-json", "-6", "route", "show"));
  }

  private static String inside(long pid, String... command) {
    List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(pid), "-n"));
    line.addAll(List.of(command));
    return Command.of(line).run().orFail("cannot look at the network of the VPS").output();
  }

  /** Of what ip(8) says of addresses and routes. */
  static GuestNetwork parse(String addresses, String... routes) {
    List<Address> foundAddresses = new ArrayList<>();
    List<Route> foundRoutes = new ArrayList<>();
    try {
      for (JsonNode device : Json.MAPPER.readTree(addresses)) {
        for (JsonNode each : device.path("addr_info")) {
          String name = device.path("ifname").asText();
          if (DEVICES.contains(name) && !each.path("scope").asText().equals("link")) {
            foundAddresses.add(
                new Address(
                    name, each.path("local").asText() + "/" + each.path("prefixlen").asInt()));
          }
        }
      }
      for (String family : routes) {
        for (JsonNode each : Json.MAPPER.readTree(family.isBlank() ? "[]" : family)) {
          if (DEVICES.contains(each.path("dev").asText())
              && !MADE_BY_ITSELF.contains(each.path("protocol").asText())) {
            foundRoutes.add(
                new Route(
                    each.path("dst").asText(),
                    Optional.of(each.path("gateway").asText()).filter(via -> !via.isEmpty()),
                    each.path("dev").asText()));
          }
        }
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read what ip says of the VPS's network", e);
    }
    return new GuestNetwork(
        foundAddresses.stream().limit(MOST).toList(), foundRoutes.stream().limit(MOST).toList());
  }

  /**
   * Without what every VPS is given: where it is resumed it may have another address.
   *
   * @param own its address on this host
   * @param gateway its router on this host
   */
  public GuestNetwork without(Ipv4Address own, Ipv4Address gateway) {
    return new GuestNetwork(
        addresses.stream()
            .filter(address -> !LOOPBACK.contains(address.prefix()))
            .filter(address -> !address.prefix().startsWith(own + "/"))
            .toList(),
        routes.stream()
            .filter(route -> !route.via().equals(Optional.of(gateway.toString())))
            .toList());
  }

  /** Writes it beside the images. */
  public void write(Path images) {
    DurableFiles.writeJson(images.resolve(FILE), this);
  }

  /** What was written there; nothing for a checkpoint that was taken without it. */
  public static GuestNetwork read(Path images) {
    Path file = images.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        return new GuestNetwork(List.of(), List.of());
      }
      if (Files.size(file) > LARGEST_FILE_BYTES) {
        throw refused("it is larger than 1 MiB");
      }
      return DurableFiles.readJson(file, GuestNetwork.class).orElseThrow();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read " + file, e);
    }
  }

  /**
   * Makes it again in a network that has its devices. What cannot be made is left out: the VPS is
   * worth more than a route.
   *
   * @param pid a process in the network namespace
   */
  public void restore(long pid) {
    if (addresses.isEmpty() && routes.isEmpty()) {
      return;
    }
    Command.Result result =
        Command.of("nsenter", "-t", String.valueOf(pid), "-n", "ip", "-force", "-batch", "-")
            .input(batch())
            .run();
    if (!result.ok()) {
      LOG.warn("a part of the VPS's network is lost, continuing without it: {}", result.reason());
    }
  }

  /** Lines for ip(8); what is there already stays as it is. */
  String batch() {
    Stream<String> lines =
        Stream.concat(
            addresses.stream()
                .map(address ->
                    "address replace "
                        + address.prefix()
                        + " dev "
                        + address.device()
                        + nodad(address)),
            routes.stream()
                .map(route ->
                    "route replace "
                        + route.to()
                        + route.via().map(via -> " via " + via).orElse("")
                        + " dev "
                        + route.device()));
    return lines.map(line -> line + "\n").reduce("", String::concat);
  }

  /** Nobody may bind to an IPv6 address while the kernel asks around whose it is. */
  private static String nodad(Address address) {
    return address.prefix().contains(":") ? " nodad" : "";
  }
}
