package org.letargo.integration;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Vps;

class PreflightIT {
  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @ParameterizedTest
  @CsvSource({"tiny", "debian-12"})
  void looks(String template) {
    Vps vps = letargo.get().createAndStart("web1", template);
    if (template.equals("debian-12")) {
      vps.awaitSystemd();
    }
    for (int i = 0; i < 5; i++) {
      JsonNode found = letargo.get().api().get("/v1/vps/web1/preflight");
      if (i == 0 || i == 4) System.out.println(found.toPrettyString());
      System.out.println("took " + found.path("tookMillis"));
    }
    vps.suspend();
  }
}
