package org.letargo.hook.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  private static final String A32 = "a".repeat(32);

  @ParameterizedTest
  @ValueSource(strings = {"a", "web1", "a-b", "a--b"})
  void takesNamesOfVpses(String name) {
    assertThat(new VpsName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1web", "-a", "a-", "Web", "a.b", "a/b", "..", "a b", "a\n", "w\u00e9b"})
  void refusesNamesOfVpses(String name) {
    assertThatThrownBy(() -> new VpsName(name)).isInstanceOf(VpsException.class);
  }

  @Test
  void boundsTheLengthOfNamesAndOfMessagesAboutThem() {
    assertThat(new VpsName(A32).value()).hasSize(32);
    assertThatThrownBy(() -> new VpsName("a".repeat(300)))
        .hasMessage(
            "VPS name '"
                + "a".repeat(80)
                + "... (300 characters)' is refused: a name has 1 to 32 lower-case letters, digits"
                + " and hyphens, starts with a letter and does not end in a hyphen. Choose a name"
                + " such as 'web1'.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".a", "a.", "a..b", "a/b", "-a", "A"})
  void refusesNamesOfTemplates(String name) {
    assertThatThrownBy(() -> new TemplateName(name)).isInstanceOf(VpsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1.", "a.b.c.d", "::1"})
  void refusesWhatIsNoAddress(String address) {
    assertThatThrownBy(() -> new Ipv4Address(address)).isInstanceOf(VpsException.class);
  }

  @Test
  void knowsAddressesAsNumbers() {
    assertThat(new Ipv4Address("10.77.0.5").bits()).isEqualTo(0x0a4d0005);
    assertThat(Ipv4Address.of(0xfffefd01)).isEqualTo(new Ipv4Address("255.254.253.1"));
    assertThat(new Ipv4Address("9.0.0.1")).isLessThan(new Ipv4Address("200.0.0.1"));
  }

  @Test
  void readsAndWritesSizes() {
    assertThat(DataSize.parse("512M")).isEqualTo(DataSize.ofMebibytes(512));
    assertThat(DataSize.parse("2GiB")).isEqualTo(DataSize.ofMebibytes(2048));
    assertThat(DataSize.parse("7")).isEqualTo(DataSize.ofBytes(7));
    assertThat(DataSize.ofMebibytes(1536)).hasToString("1.5 GiB");
    assertThat(DataSize.ofBytes(1023)).hasToString("1023 B");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1", "1.5G", "9999999999T", "1X"})
  void refusesSizes(String size) {
    assertThatThrownBy(() -> DataSize.parse(size))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_REQUEST));
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "0:80", "80:0", "65536:80", "80:80/sctp", "80:80:80", "a:b"})
  void refusesPorts(String port) {
    assertThatThrownBy(() -> PublishedPort.parse(port)).isInstanceOf(VpsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"op-0123456789a", "op-0123456789AB", "0123456789ab", "op-0123456789ab\n"})
  void refusesIdsOfOperations(String id) {
    assertThatThrownBy(() -> new OperationId(id)).isInstanceOf(VpsException.class);
  }

  @Test
  void refusesLimitsAndTimesOutOfRange() {
    DataSize enough = DataSize.ofMebibytes(16);
    VpsName web1 = new VpsName("web1");
    OperationId op = OperationId.create();
    assertThatThrownBy(() -> new VpsLimits(DataSize.ofMebibytes(15), 1000, 512))
        .hasMessageContaining("16 MiB at least");
    assertThatThrownBy(() -> new VpsLimits(enough, 49, 512)).hasMessageContaining("0.05 to 1024");
    assertThatThrownBy(() -> new VpsLimits(enough, 1000, 15)).hasMessageContaining("from 16");
    assertThatThrownBy(() -> new HookRequest.StopVps(op, web1, Duration.ofSeconds(-1)))
        .hasMessageContaining("from 0 to 3600 seconds");
    assertThatThrownBy(() -> new TerminalSize(0, 80)).hasMessageContaining("from 1 to 1000");
  }

  @Test
  void refusesCommandsThatCannotBeRun() {
    VpsName web1 = new VpsName("web1");
    for (List<String> command : List.of(List.<String>of(), List.of(""), List.of("a\0b"))) {
      assertThatThrownBy(() -> new HookRequest.ExecInVps(web1, command, Optional.empty()))
          .isInstanceOf(VpsException.class);
    }
  }

  @Test
  void removesControlCharactersFromMessages() {
    assertThat(VpsException.quoted("a\u001b[31m\nb")).isEqualTo("'a?[31m?b'");
  }
}
