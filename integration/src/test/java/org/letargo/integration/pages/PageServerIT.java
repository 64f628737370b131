package org.letargo.integration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.criu.CriuImages;
import org.letargo.hook.pages.PageReceiver;
import org.letargo.integration.harness.Fixture;

/**
 * The engine sends the memory of a container to us, and restores it from the files that we made of
 * that, as if it had written them itself.
 */
class PageServerIT {
  private static final int MEBIBYTES = 64;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "debian-12"})
  void givesBackEveryPage(String template) throws IOException {
    try (EngineContainer container = EngineContainer.start(letargo.get(), template)) {
      container.startPages(MEBIBYTES);
      Path images = container.makeFolder("images");
      Path work = container.makeFolder("work");

      PageReceiver.Totals totals = Received.checkpoint(container, images, work);
      container.restore(images, container.makeFolder("resume"), List.of(), _ -> {});

      assertThat(container.ask("v")).isEqualTo("same");
      assertThat(totals.bytes()).isEqualTo(new CriuImages(images).memoryBytes());
      assertThat(totals.bytes()).isGreaterThan((long) MEBIBYTES << 20);
    }
  }
}
