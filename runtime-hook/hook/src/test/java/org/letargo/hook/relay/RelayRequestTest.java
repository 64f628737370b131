package org.letargo.hook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.testing.Samples;

class RelayRequestTest {
  @Test
  void readsWhatAnOciHookSends() throws IOException {
    assertThat(parse("letargo-relay/1|oci|web1|createRuntime|||{\"id\":\"web1\",\"pid\":42}|"))
        .isEqualTo(new RelayRequest(RelayRequest.Kind.OCI, Samples.WEB1, "createRuntime", 42));
  }

  @Test
  void readsWhatAnActionScriptSends() throws IOException {
    assertThat(parse("letargo-relay/1|action|web1|post-dump|4711|/proc/1/fd/3||"))
        .isEqualTo(new RelayRequest(RelayRequest.Kind.ACTION, Samples.WEB1, "post-dump", 4711));
    assertThat(parse("letargo-relay/1|action|web1|pre-restore||/proc/1/fd/3||").initPid()).isZero();
  }

  @Test
  void takesAStateWithoutAPidForOneThatIsNotThereYet() throws IOException {
    assertThat(parse("letargo-relay/1|oci|web1|createRuntime|||{}|").initPid()).isZero();
    assertThat(parse("letargo-relay/1|oci|web1|createRuntime||||").initPid()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "''; the relay does not speak letargo-relay/1",
        "letargo-relay/2|oci|web1|x|||{}|; the relay does not speak letargo-relay/1",
        "letargo-relay/1|oci|web1|x||; the relay does not speak letargo-relay/1",
        "letargo-relay/1|other|web1|x|||{}|; unknown kind other",
        "letargo-relay/1|oci|../web1|x|||{}|; bad field: VPS name '../web1' is refused: a name has"
            + " 1 to 32 lower-case letters, digits and hyphens, starts with a letter and does not"
            + " end in a hyphen. Choose a name such as 'web1'.",
        "letargo-relay/1|action|web1|x|4a||{}|; bad field: For input string: \"4a\"",
      })
  void refusesABadField(String fields, String message) {
    assertThatThrownBy(() -> parse(fields)).isInstanceOf(IOException.class).hasMessage(message);
  }

  @Test
  void refusesAStateThatIsNoJson() {
    assertThatThrownBy(() -> parse("letargo-relay/1|oci|web1|x|||{\"pid\":|"))
        .isInstanceOf(IOException.class);
  }

  private static RelayRequest parse(String fields) throws IOException {
    return RelayRequest.parse(fields.replace('|', '\0').getBytes(StandardCharsets.UTF_8));
  }
}
