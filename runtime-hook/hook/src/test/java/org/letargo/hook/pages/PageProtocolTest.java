package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

class PageProtocolTest {
  @ParameterizedTest
  @CsvSource({
    "3.0, SINCE_3_0", "3.17.1, SINCE_3_0", "4.0, SINCE_3_0", "4.1.1, SINCE_3_0",
    "4.2, SINCE_4_2", "4.2.1, SINCE_4_2", "4.2-1, SINCE_4_2", "4.10.3, SINCE_4_2"
  })
  void isToldByTheVersion(String version, PageProtocol protocol) {
    assertThat(PageProtocol.of(version)).isEqualTo(protocol);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "4", "2.12.1", "5.0", "4.x", "4.2x", "99999999999.1"})
  void refusesWhatItDoesNotKnow(String version) {
    assertThatThrownBy(() -> PageProtocol.of(version))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessage(
            "cannot exchange memory with the engine: how CRIU '"
                + version
                + "' does it is not known. Install CRIU 4.2 with scripts/install-criu.");
  }

  @ParameterizedTest
  @EnumSource(PageProtocol.class)
  void readsWhatItWrites(PageProtocol protocol) {
    PageHeader header = new PageHeader(PageHeader.ADD_F, 6, 0xffff_ffffL, 0x7fff_1234_5000L, 258);
    ByteBuffer bytes = protocol.allocateHeader();

    protocol.put(header, bytes);

    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(protocol.get(bytes.flip())).isEqualTo(header);
  }

  @Test
  void putsFieldsWhereTheEngineHasThem() {
    PageHeader header = new PageHeader(6, 4, 3, 0x5000, 0x101);
    ByteBuffer old = PageProtocol.SINCE_3_0.allocateHeader();
    ByteBuffer wide = PageProtocol.SINCE_4_2.allocateHeader();

    PageProtocol.SINCE_3_0.put(header, old);
    PageProtocol.SINCE_4_2.put(header, wide);

    ByteOrder order = ByteOrder.nativeOrder();
    assertThat(old.flip())
        .isEqualTo(
            ByteBuffer.allocate(24)
                .order(order)
                .putInt(0x40006)
                .putInt(3)
                .putLong(0x5000)
                .putLong(0x101)
                .flip());
    assertThat(wide.flip())
        .isEqualTo(
            ByteBuffer.allocate(32)
                .order(order)
                .putInt(0x40006)
                .putInt(0)
                .putLong(3)
                .putLong(0x5000)
                .putLong(0x101)
                .flip());
  }
}
