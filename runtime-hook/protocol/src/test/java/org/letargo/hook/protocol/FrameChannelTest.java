package org.letargo.hook.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameChannelTest {
  @TempDir Path dir;
  private SocketChannel raw;
  private FrameChannel frames;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("s"));
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(address);
      raw = SocketChannel.open(address);
      frames = new FrameChannel(listening.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    raw.close();
    frames.close();
  }

  @Test
  void readsWhatTheDocumentShows() throws IOException {
    // the example in docs/hook-protocol.md
    send(
        "01 0000001b 7b 22 72 65 71 75 65 73 74 22 3a 22 44 65 73 63 72 69 62 65 48 6f 73 74 22 20 7d");

    FrameChannel.Frame frame = frames.read();

    assertThat(frame.kind()).isEqualTo(FrameKind.REQUEST);
    assertThat(Json.MAPPER.readValue(frame.payload(), HookRequest.class))
        .isEqualTo(new HookRequest.DescribeHost());
  }

  @Test
  void writesKindLengthAndPayload() throws IOException {
    frames.write(FrameKind.OUTPUT, new byte[] {9, 1, 2, 3, 9}, 1, 3);

    ByteBuffer got = ByteBuffer.allocate(8);
    while (got.hasRemaining()) {
      assertThat(raw.read(got)).isPositive();
    }
    assertThat(HexFormat.of().formatHex(got.array())).isEqualTo("1100000003010203");
  }

  @Test
  void endsBetweenTwoFrames() throws IOException {
    send("03 00000000");
    raw.close();

    assertThat(frames.read().kind()).isEqualTo(FrameKind.INPUT_END);
    assertThat(frames.read()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "00 00000000, peer sent a frame of unknown kind 0",
    "ff 00000000, peer sent a frame of unknown kind 255",
    "01 00400001, 'peer sent a frame REQUEST of 4194305 bytes, 4194304 are allowed'",
    "01 ffffffff, 'peer sent a frame REQUEST of 4294967295 bytes, 4194304 are allowed'",
    "02 00040001, 'peer sent a frame INPUT of 262145 bytes, 262144 are allowed'",
    "03 00000001, 'peer sent a frame INPUT_END of 1 bytes, 0 are allowed'",
    "01 0000, peer hung up within a frame",
    "01 00000004 7b, peer hung up within a frame"
  })
  void refusesWhatIsNoFrame(String hex, String message) throws IOException {
    send(hex);
    raw.close();

    assertThatThrownBy(() -> frames.read()).isInstanceOf(IOException.class).hasMessage(message);
  }

  private void send(String hex) throws IOException {
    raw.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }
}
