package org.letargo.integration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.criu.CriuImages;
import org.letargo.hook.pages.PageBuffer;
import org.letargo.hook.pages.PageBuffers;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageReceiver;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSink;
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

  /** The disk is full, say: in the middle of the memory, and when all of it is there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesTheContainerRunningWhenItsMemoryCannotBeKept(boolean atTheEnd) throws IOException {
    try (EngineContainer container = EngineContainer.start(letargo.get(), "tiny")) {
      container.startPages(MEBIBYTES);
      Path images = container.makeFolder("images");
      Path work = container.makeFolder("work");
      try (PageBuffers buffers = new PageBuffers(16 << 20);
          PageReceiver receiver =
              PageReceiver.open(Received.setup(images, new FullSink(atTheEnd), buffers))) {
        List<String> pageServer = List.of("--page-server", receiver.address());

        assertThatThrownBy(() -> container.checkpoint(images, work, pageServer))
            .isInstanceOf(AssertionError.class);

        assertThatThrownBy(() -> receiver.await(Duration.ofSeconds(10)))
            .hasMessageContaining("No space left on device");
        assertThat(buffers.lentBytes()).isZero();
      }
      assertThat(container.ask("v")).isEqualTo("same");
    }
  }

  /** Has room for a few windows, or for all but has lost them. */
  private static final class FullSink implements PageSink {
    private static final int ROOM = 100;
    private final boolean atTheEnd;
    private int windows;

    FullSink(boolean atTheEnd) {
      this.atTheEnd = atTheEnd;
    }

    @Override
    public void begin(PageObject object, int pagesId) {
      // nothing is kept
    }

    @Override
    public void run(PageRun run) {
      // nothing is kept
    }

    @Override
    public void window(long address, PageBuffer content) throws IOException {
      content.close();
      windows++;
      if (!atTheEnd && windows > ROOM) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void end() {
      // nothing is kept
    }

    @Override
    public void finish() throws IOException {
      throw new IOException("No space left on device");
    }
  }
}
