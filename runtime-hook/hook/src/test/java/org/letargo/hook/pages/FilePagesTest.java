package org.letargo.hook.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the sink for files wrote, read by the source for files. */
@Timeout(60)
class FilePagesTest {
  private static final PageProtocol PROTOCOL = PageProtocol.SINCE_4_2;
  private static final PageObject INIT = PageObject.process(1);
  private static final PageObject SHARED = PageObject.sharedMemory(1);
  private static final int PAGE = PageRun.PAGE_BYTES;

  @TempDir Path images;

  @BeforeEach
  void dump() throws IOException {
    try (PageBuffers buffers = new PageBuffers(0);
        FilePageSink sink = new FilePageSink(images);
        PageReceiver receiver =
            PageReceiver.open(
                new PageReceiver.Setup(
                    PROTOCOL, images, sink, buffers, Client.self(), Duration.ofSeconds(20)));
        Client engine = Client.connect(receiver, PROTOCOL)) {
      engine.open(INIT);
      engine.add(INIT, 0x5000, 30, PageHeader.FLAG_PRESENT);
      engine.add(INIT, 0x100000, 2, PageHeader.FLAG_PRESENT);
      engine.open(SHARED);
      engine.add(SHARED, 0x3000, 1, PageHeader.FLAG_PRESENT);
      engine.close(PageHeader.CLOSE);
      receiver.await(Duration.ofSeconds(20));
    }
  }

  private static byte[] read(PageSource source, PageObject object, long address, int pages)
      throws IOException {
    ByteBuffer into = ByteBuffer.allocate(pages * PAGE);
    source.read(object, address, into);
    assertThat(into.hasRemaining()).isFalse();
    byte[] fills = new byte[pages];
    for (int i = 0; i < pages; i++) {
      fills[i] = into.get(i * PAGE);
      assertThat(into.get(i * PAGE + PAGE - 1)).isEqualTo(fills[i]);
    }
    return fills;
  }

  @Test
  void givesBackEveryPage() throws IOException {
    try (FilePageSource source = new FilePageSource(images)) {
      for (long address = 0x5000; address < 0x5000 + 30 * PAGE; address += PAGE) {
        assertThat(read(source, INIT, address, 1)).containsExactly(Client.fillOf(address));
      }
      assertThat(read(source, INIT, 0x100000, 2))
          .containsExactly(Client.fillOf(0x100000), Client.fillOf(0x101000));
      assertThat(read(source, SHARED, 0x3000, 1)).containsExactly(Client.fillOf(0x3000));
    }
  }

  @Test
  void hasNothingBesides() throws IOException {
    try (FilePageSource source = new FilePageSource(images)) {
      assertThatThrownBy(() -> read(source, INIT, 0x4000, 1)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> read(source, INIT, 0x5000, 31)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> read(source, INIT, 0x102000, 1)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> read(source, PageObject.process(2), 0x5000, 1))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void noticesAFileThatIsTooShort() throws IOException {
    try (FileChannel file =
        FileChannel.open(images.resolve("pages-1.img"), StandardOpenOption.WRITE)) {
      file.truncate(29L * PAGE);
    }
    try (FilePageSource source = new FilePageSource(images)) {
      assertThat(read(source, INIT, 0x5000, 29)).hasSize(29);
      assertThatThrownBy(() -> read(source, INIT, 0x5000 + 29 * PAGE, 1))
          .hasMessageContaining("end too early");
    }
  }
}
