package org.letargo.integration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.letargo.hook.pages.FilePageSink;
import org.letargo.hook.pages.PageBuffers;
import org.letargo.hook.pages.PageProtocol;
import org.letargo.hook.pages.PageReceiver;
import org.letargo.hook.pages.PageSink;
import org.letargo.hook.pages.PeerProgram;
import org.letargo.integration.harness.Programs;

/** Checkpoints whose memory comes over the page server protocol and is written to files here. */
final class Received {
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final long BUFFER_BYTES = 16 << 20;

  private Received() {}

  /** The engine's program. */
  static Path engine() {
    return Programs.engineFolder().resolve("bin/criu");
  }

  static PageReceiver.Setup setup(Path images, PageSink sink, PageBuffers buffers) {
    return new PageReceiver.Setup(
        PageProtocol.SINCE_4_2,
        images,
        sink,
        buffers,
        new PeerProgram(engine()),
        PageReceiver.PATIENCE);
  }

  static PageReceiver.Totals checkpoint(EngineContainer container, Path images, Path work)
      throws IOException {
    try (FilePageSink sink = new FilePageSink(images);
        PageBuffers buffers = new PageBuffers(BUFFER_BYTES);
        PageReceiver receiver = PageReceiver.open(setup(images, sink, buffers))) {
      container.checkpoint(images, work, List.of("--page-server", receiver.address()));
      PageReceiver.Totals totals = receiver.await(LONGEST);
      assertThat(buffers.lentBytes()).isZero();
      return totals;
    }
  }
}
