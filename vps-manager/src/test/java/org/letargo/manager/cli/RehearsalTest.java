package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;

@Timeout(60)
class RehearsalTest {
  @TempDir Path folder;

  @Test
  void asksAManagerAndChangesNothing() {
    try (FakeApi api = new FakeApi()) {
      Rehearsal.run(environment(Map.of("LETARGO_URL", api.url(), "LETARGO_TOKEN", FakeApi.TOKEN)));

      assertThat(api.requests())
          .extracting(FakeApi.Seen::method)
          .hasSizeGreaterThan(5)
          .containsOnly("GET");
      assertThat(api.violations()).isEmpty();
    }
  }

  @Test
  void doesWithoutAManager() {
    Rehearsal.run(
        environment(Map.of("LETARGO_URL", "http://127.0.0.1:1", "LETARGO_TOKEN", "a-token")));
  }

  private Environment environment(Map<String, String> variables) {
    return new Environment(
        variables,
        folder,
        folder,
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        new SystemTerminal(),
        Clock.systemUTC());
  }
}
