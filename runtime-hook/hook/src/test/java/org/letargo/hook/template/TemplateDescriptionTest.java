package org.letargo.hook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;

class TemplateDescriptionTest {
  private static final TemplateInfo INFO =
      new TemplateInfo(
          "Debian 12",
          "SIGRTMIN+3",
          List.of("/sbin/init", "--quiet"),
          true,
          Optional.of(
              new TemplateInfo.Contents(
                  "sha256:" + "0a".repeat(32), 5, Optional.of(2L), Optional.empty())));
  private static final TemplateDescription DESCRIPTION =
      TemplateDescription.of(new TemplateName("debian-12"), INFO);

  @Test
  void comesBackAsItWas() throws IOException {
    TemplateDescription read = TemplateDescription.parse(DESCRIPTION.toJson());

    assertThat(read).isEqualTo(DESCRIPTION);
    assertThat(read.info())
        .isEqualTo(
            new TemplateInfo(
                INFO.description(), INFO.stopSignal(), INFO.init(), true, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"formatVersion\":1 | \"formatVersion\":2 | its format is version 2, and this Letargo reads 1",
        "\"formatVersion\":1 | \"formatVersion\":\"x\" | its format is version 0",
        "sha256:0a | sha256:zz | its digest is 'sha256:zz",
        "SIGRTMIN+3 | SIGRTMIN+3 --all | its stopSignal is 'SIGRTMIN+3 --all'",
        "Debian 12 | De\\u001b[31m | its description is 'De?[31m'",
        "\"/sbin/init\" | \"sbin/init\" | its init is no command line",
        "[\"/sbin/init\",\"--quiet\"] | [] | its init is no command line",
        "--quiet | a\\u0000b | its init is 'a?b'",
        "\"systemd\":true | \"systemd\":true,\"mounts\":[] | its description is not as it must be",
        "debian-12 | ../etc | template name '../etc' is refused",
        "{ | [ | its description is not as it must be",
      })
  void refusesWhatNoTemplateFileMaySay(String right, String wrong, String why) throws IOException {
    String json = new String(DESCRIPTION.toJson(), StandardCharsets.UTF_8);
    assertThat(json).contains(right);
    byte[] lie = json.replace(right, wrong).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> TemplateDescription.parse(lie))
        .isInstanceOfSatisfying(
            VpsException.class,
            e -> assertThat(e.code()).isIn(Code.ARCHIVE_REFUSED, Code.INVALID_REQUEST))
        .hasMessageContaining(why);
  }
}
