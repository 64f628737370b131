package org.letargo.hook.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.VpsException;

class GuestNetworkTest {
  private static final String ADDRESSES =
      """
      [{"ifname": "lo", "addr_info": [
         {"family": "inet", "local": "127.0.0.1", "prefixlen": 8, "scope": "host"},
         {"family": "inet", "local": "10.9.9.9", "prefixlen": 32, "scope": "global"},
         {"family": "inet6", "local": "::1", "prefixlen": 128, "scope": "host"}]},
       {"ifname": "eth0", "addr_info": [
         {"family": "inet6", "local": "fd00::5", "prefixlen": 64, "scope": "global"},
         {"family": "inet6", "local": "fe80::1", "prefixlen": 64, "scope": "link"}]},
       {"ifname": "docker0", "addr_info": [
         {"family": "inet", "local": "172.17.0.1", "prefixlen": 16, "scope": "global"}]}]
      """;
  private static final String ROUTES =
      """
      [{"dst": "default", "gateway": "10.77.0.1", "dev": "eth0"},
       {"dst": "10.77.0.0/24", "dev": "eth0", "protocol": "kernel", "scope": "link"},
       {"dst": "10.8.0.0/16", "gateway": "10.77.0.9", "dev": "eth0"},
       {"dst": "172.17.0.0/16", "dev": "docker0", "protocol": "kernel"}]
      """;

  @TempDir Path images;

  private final GuestNetwork network = GuestNetwork.parse(ADDRESSES, ROUTES, "");

  @Test
  void readsWhatTheVpsHasOnItsTwoDevices() {
    assertThat(network.addresses())
        .containsExactly(
            new GuestNetwork.Address("lo", "127.0.0.1/8"),
            new GuestNetwork.Address("lo", "10.9.9.9/32"),
            new GuestNetwork.Address("lo", "::1/128"),
            new GuestNetwork.Address("eth0", "fd00::5/64"));
    assertThat(network.routes())
        .containsExactly(
            new GuestNetwork.Route("default", Optional.of("10.77.0.1"), "eth0"),
            new GuestNetwork.Route("10.8.0.0/16", Optional.of("10.77.0.9"), "eth0"));
  }

  @Test
  void saysItInTheWordsOfIp() {
    assertThat(network.batch())
        .isEqualTo(
            """
            address replace 127.0.0.1/8 dev lo
            address replace 10.9.9.9/32 dev lo
            address replace ::1/128 dev lo nodad
            address replace fd00::5/64 dev eth0 nodad
            route replace default via 10.77.0.1 dev eth0
            route replace 10.8.0.0/16 via 10.77.0.9 dev eth0
            """);
  }

  @Test
  void leavesOutWhatEveryVpsIsGiven() {
    GuestNetwork own =
        GuestNetwork.parse(
            "[{\"ifname\": \"eth0\", \"addr_info\": [{\"local\": \"10.77.0.2\", \"prefixlen\": 24}]}]");
    Ipv4Address address = new Ipv4Address("10.77.0.2");
    Ipv4Address gateway = new Ipv4Address("10.77.0.1");

    assertThat(own.without(address, gateway)).isEqualTo(new GuestNetwork(List.of(), List.of()));
    assertThat(network.without(address, gateway).batch())
        .isEqualTo(
            """
            address replace 10.9.9.9/32 dev lo
            address replace fd00::5/64 dev eth0 nodad
            route replace 10.8.0.0/16 via 10.77.0.9 dev eth0
            """);
  }

  @Test
  void isTheSameFromItsFile() {
    network.write(images);

    assertThat(GuestNetwork.read(images)).isEqualTo(network);
  }

  @Test
  void isEmptyForACheckpointWithoutTheFile() {
    assertThat(GuestNetwork.read(images)).isEqualTo(new GuestNetwork(List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"addresses\": [{\"device\": \"lo\", \"prefix\": \"1.2.3.4/33\"}], \"routes\": []}",
        "{\"addresses\": [{\"device\": \"lo\", \"prefix\": \"1.2.3.4\\nnetns exec x sh\"}], \"routes\": []}",
        "{\"addresses\": [{\"device\": \"x; sh\", \"prefix\": \"1.2.3.4/8\"}], \"routes\": []}",
        "{\"addresses\": [{\"device\": \"lo\", \"prefix\": \"abc/8\"}], \"routes\": []}",
        "{\"addresses\": [], \"routes\": [{\"to\": \"default\\n\", \"via\": null, \"device\": \"lo\"}]}",
        "{\"addresses\": [], \"routes\": [{\"to\": \"default\", \"via\": \"x\", \"device\": \"lo\"}]}",
      })
  void refusesAFileThatSaysMore(String file) throws IOException {
    Files.writeString(images.resolve("letargo-network.json"), file);

    assertThatThrownBy(() -> GuestNetwork.read(images)).isInstanceOf(VpsException.class);
  }

  @Test
  void refusesAFileThatIsTooLarge() throws IOException {
    Files.writeString(images.resolve("letargo-network.json"), " ".repeat((1 << 20) + 1));

    assertThatThrownBy(() -> GuestNetwork.read(images))
        .hasMessageContaining("it is larger than 1 MiB");
  }
}
