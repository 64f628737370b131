package org.letargo.hook.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Samples;

/** With a real bridge and firewall table under names of the test's own; needs root. */
@Timeout(60)
class VpsNetworkTest {
  @TempDir Path temporary;
  private HookConfiguration configuration;
  private VpsNetwork network;

  @BeforeEach
  void open() {
    configuration = Samples.configuration(temporary);
    network = new VpsNetwork(configuration);
  }

  @AfterEach
  void leaveNothing() {
    Command.of("ip", "link", "del", configuration.bridge()).run();
    nft("delete", "table", "ip", table());
    nft("delete", "table", "bridge", table());
    assertThat(Path.of("/sys/class/net", configuration.bridge())).doesNotExist();
    assertThat(nft("list", "tables").output()).doesNotContain(table());
  }

  @ParameterizedTest
  @CsvSource({"10.77.0.5, lt0a4d0005", "255.255.255.254, ltfffffffe", "1.2.3.4, lt01020304"})
  void namesTheHostsEndByTheAddress(String address, String device) {
    assertThat(VpsNetwork.device(new Ipv4Address(address))).isEqualTo(device).hasSizeLessThan(16);
  }

  @Test
  void makesTheBridgeAndMendsOneThatLostItsAddress() throws IOException {
    network.prepareHost();
    network.prepareHost();
    assertThat(addresses()).containsExactly(configuration.subnet().gatewayInterface());

    Command.of("ip", "addr", "flush", "dev", configuration.bridge()).run().orFail("flush");
    Command.of("ip", "link", "set", configuration.bridge(), "down").run().orFail("down");
    network.prepareHost();

    assertThat(addresses()).containsExactly(configuration.subnet().gatewayInterface());
    assertThat(isUp(configuration.bridge())).isTrue();
    assertThat(Path.of("/proc/sys/net/ipv4/ip_forward")).hasContent("1");
    assertThat(Path.of("/proc/sys/net/ipv4/conf", configuration.bridge(), "route_localnet"))
        .hasContent("1");
  }

  @Test
  void leadsPublishedPortsToTheirVpsAndNoOthers() {
    VpsSpec spec =
        Samples.spec(
            Samples.WEB1, PublishedPort.parse("18080:80"), PublishedPort.parse("15353:53/udp"));

    network.publish(List.of(spec));

    String redirects =
        """
        \t\tfib daddr type local tcp dport 18080 dnat to %1$s:80
        \t\tfib daddr type local udp dport 15353 dnat to %1$s:53
        """
            .formatted(spec.address());
    String resumed =
        "\t\tip saddr %s tcp sport 80 tcp flags ! syn oifname != \"%s\" masquerade to :18080%n"
            .formatted(spec.address(), configuration.bridge());
    assertThat(rules()).isEqualTo(expected(redirects, resumed));

    network.publish(List.of());

    assertThat(rules()).isEqualTo(expected("", ""));
  }

  @Test
  void leavesTheOldRulesWhenTheNewAreRefused() {
    network.publish(List.of(Samples.spec(Samples.WEB1, PublishedPort.parse("18080:80"))));
    String before = rules();
    HookConfiguration broken =
        new HookConfiguration(
            configuration.instance(),
            configuration.stateDir(),
            configuration.runDir(),
            configuration.templateDir(),
            configuration.programDir(),
            "no\"such",
            configuration.subnet(),
            configuration.firstHostId(),
            configuration.allowedUsers(),
            configuration.whenHostStops(),
            configuration.onArrival(),
            configuration.store());

    assertThatThrownBy(() -> new Firewall(broken).publish(List.of()))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("cannot set the firewall rules: nft ended with status 1: ");

    assertThat(rules()).isEqualTo(before);
  }

  @Test
  void plugsAVpsInAndLetsItHearNothingUntilItIsRaised() throws IOException {
    network.prepareHost();
    VpsSpec spec = Samples.spec(Samples.WEB1);
    String device = VpsNetwork.device(spec.address());
    try (var vps = Programs.started(new ProcessBuilder("unshare", "--net", "sleep", "600"))) {
      awaitOwnNetwork(vps.pid());

      network.plug(spec, vps.pid());

      assertThat(inside(vps.pid(), "-o", "-4", "addr", "show", "dev", "eth0"))
          .contains("inet " + spec.address() + "/24 ");
      assertThat(inside(vps.pid(), "-o", "link", "show", "dev", "eth0")).contains(spec.mac());
      assertThat(inside(vps.pid(), "route"))
          .contains("default via " + configuration.subnet().gateway() + " dev eth0");
      assertThat(isUp(device)).isFalse();

      network.raise(spec);

      assertThat(isUp(device)).isTrue();

      network.plug(spec, vps.pid());
      assertThat(isUp(device)).as("plugged anew").isFalse();

      network.unplug(spec);
      network.unplug(spec);

      assertThat(Path.of("/sys/class/net", device)).doesNotExist();
    }
  }

  @Test
  void givesATrialItsAddressAndNothingBehindIt() throws IOException {
    network.prepareHost();
    VpsSpec spec = Samples.spec(Samples.WEB1);
    String ports = "/sys/class/net/" + configuration.bridge() + "/brif";
    try (var vps = Programs.started(new ProcessBuilder("unshare", "--net", "sleep", "600"))) {
      awaitOwnNetwork(vps.pid());

      network.plugNowhere(spec, vps.pid());

      assertThat(inside(vps.pid(), "-o", "-4", "addr", "show", "dev", "eth0"))
          .contains("inet " + spec.address() + "/24 ");
      assertThat(inside(vps.pid(), "-o", "link", "show", "dev", "eth0"))
          .contains(spec.mac())
          .contains("eth0@nowhere0");
      assertThat(inside(vps.pid(), "route"))
          .contains("default via " + configuration.subnet().gateway() + " dev eth0");
      assertThat(Path.of("/sys/class/net", VpsNetwork.device(spec.address()))).doesNotExist();
      assertThat(Path.of(ports)).isEmptyDirectory();
    }
  }

  @Test
  void saysWhichVpsCannotBePluggedIn() {
    network.prepareHost();
    VpsSpec spec = Samples.spec(Samples.WEB1);

    assertThatThrownBy(() -> network.plug(spec, 4_194_304))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith(
            "cannot plug VPS 'web1' into " + configuration.bridge() + ": ip ended with status ");
    assertThatThrownBy(() -> network.raise(spec))
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("cannot raise the network of VPS 'web1': ip ended with status ");
  }

  private String expected(String redirects, String resumed) {
    return """
    table ip %1$s {
    \tchain early {
    \t\ttype filter hook prerouting priority raw; policy accept;
    \t\tiifname "%2$s" ip daddr 127.0.0.0/8 drop
    \t}

    \tchain incoming {
    \t\ttype nat hook prerouting priority dstnat; policy accept;
    %4$s\t}

    \tchain local {
    \t\ttype nat hook output priority -100; policy accept;
    %4$s\t}

    \tchain outgoing {
    \t\ttype nat hook postrouting priority srcnat; policy accept;
    %5$s\t\tip saddr %3$s oifname != "%2$s" masquerade
    \t\tip saddr 127.0.0.0/8 oifname "%2$s" masquerade
    \t\tip saddr %3$s ip daddr %3$s ct status dnat masquerade
    \t}
    }
    """
        .formatted(table(), configuration.bridge(), configuration.subnet(), redirects, resumed);
  }

  private String table() {
    return "letargo_" + configuration.instance().replace('-', '_');
  }

  private String rules() {
    return nft("list", "table", "ip", table()).orFail("cannot list").output();
  }

  private static Command.Result nft(String... words) {
    return Command.of(Stream.concat(Stream.of("nft"), Stream.of(words)).toList()).run();
  }

  private List<String> addresses() {
    return Command.of("ip", "-o", "-4", "addr", "show", "dev", configuration.bridge())
        .run()
        .output()
        .lines()
        .map(line -> line.replaceFirst("^.*inet ([0-9./]+) .*$", "$1"))
        .toList();
  }

  private static boolean isUp(String device) throws IOException {
    String flags = Files.readString(Path.of("/sys/class/net", device, "flags")).strip();
    return (Integer.decode(flags) & 1) != 0;
  }

  private static void awaitOwnNetwork(long pid) {
    await()
        .until(() ->
            !Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net"))
                .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net"))));
  }

  private static String inside(long pid, String... words) {
    List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(pid), "-n", "ip"));
    line.addAll(List.of(words));
    return Command.of(line).run().orFail("cannot look inside").output();
  }
}
