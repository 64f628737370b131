package org.letargo.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeExceptionTest {
  @Test
  void saysCallErrnoAndMeaning() {
    var exception = new NativeException("write(/x)", 28);

    assertThat(exception).hasMessage("write(/x) failed: ENOSPC (No space left on device)");
    assertThat(exception.errno()).isEqualTo(28);
    assertThat(exception.errnoName()).isEqualTo("ENOSPC");
    assertThat(exception.call()).isEqualTo("write(/x)");
  }

  @Test
  void survivesANumberThatHasNoName() {
    assertThat(new NativeException("x()", 9999))
        .hasMessage("x() failed: errno 9999 (unknown error)");
  }

  @ParameterizedTest
  @CsvSource({"SIGTERM, 15", "SIGRTMIN, 34", "SIGRTMIN+3, 37", "SIGUSR2, 12", "SIGRTMIN+30, 64"})
  void knowsSignals(String name, int number) {
    assertThat(Signals.parse(name)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "TERM", "SIGTERM+1", "SIGRTMIN+", "SIGRTMIN+31", "SIGRTMIN+-1", "15"})
  void refusesUnknownSignals(String name) {
    assertThatThrownBy(() -> Signals.parse(name)).hasMessage("unknown signal '" + name + "'");
  }
}
