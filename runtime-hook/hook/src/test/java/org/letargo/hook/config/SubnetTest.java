package org.letargo.hook.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.Ipv4Address;

class SubnetTest {
  @Test
  void givesTheFirstAddressToTheBridge() {
    Subnet subnet = Subnet.parse("10.77.0.0/16");

    assertThat(subnet.gateway()).isEqualTo(new Ipv4Address("10.77.0.1"));
    assertThat(subnet.gatewayInterface()).isEqualTo("10.77.0.1/16");
    assertThat(subnet).hasToString("10.77.0.0/16");
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.8/29, 10.1.2.8, false",
    "10.1.2.8/29, 10.1.2.9, false",
    "10.1.2.8/29, 10.1.2.10, true",
    "10.1.2.8/29, 10.1.2.14, true",
    "10.1.2.8/29, 10.1.2.15, false",
    "10.1.2.8/29, 10.1.2.16, false",
    "10.1.2.8/29, 10.1.2.7, false",
    "10.0.0.0/8, 10.0.0.2, true",
    "10.0.0.0/8, 10.255.255.254, true",
    "10.0.0.0/8, 10.255.255.255, false",
    "10.0.0.0/8, 11.0.0.2, false",
    "200.0.0.0/8, 200.200.200.200, true",
  })
  void offersAllButItsFirstTwoAndItsLast(String subnet, String address, boolean offered) {
    assertThat(Subnet.parse(subnet).offers(new Ipv4Address(address))).isEqualTo(offered);
  }

  @Test
  void givesTheLowestFreeAddressUntilNoneIsLeft() {
    Subnet subnet = Subnet.parse("192.168.7.0/29");
    Set<Ipv4Address> taken = new HashSet<>(Set.of(new Ipv4Address("192.168.7.3")));

    for (String expected : new String[] {"192.168.7.2", "192.168.7.4", "192.168.7.5"}) {
      assertThat(subnet.firstFree(taken)).contains(new Ipv4Address(expected));
      taken.add(new Ipv4Address(expected));
    }
    taken.add(new Ipv4Address("192.168.7.6"));

    assertThat(subnet.firstFree(taken)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.0.0", "", "/16", "10.77.0.0/", "10.77.0.0/x", "10.77.0/16"})
  void refusesWhatIsWrittenOtherwise(String text) {
    assertThatThrownBy(() -> Subnet.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not written like 10.77.0.0/16");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/7", "10.77.0.0/30", "10.77.1.0/16", "10.77.0.0/33"})
  void refusesWhatIsNoNetworkOfAUsefulSize(String text) {
    assertThatThrownBy(() -> Subnet.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a network of 8 to 29 bits with zeros behind them");
  }
}
