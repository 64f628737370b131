package org.letargo.hook.protocol;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Asks the hook. Each request is a connection of its own, so a slow one holds up nobody; every
 * method blocks and is meant for virtual threads. Holds nothing open between requests.
 */
public final class HookClient {
  private final Path socket;

  public HookClient(Path socket) {
    this.socket = socket;
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws VpsException what the hook failed with, or HOOK_UNREACHABLE
   */
  public <R> R call(HookRequest<R> request, ProgressListener progress) {
    try (HookStream<R> stream = open(request)) {
      return stream.await(progress);
    }
  }

  /** {@link #call(HookRequest, ProgressListener)} without progress. */
  public <R> R call(HookRequest<R> request) {
    return call(request, ProgressListener.NONE);
  }

  /**
   * Asks and returns the stream of what comes back; the caller closes it.
   *
   * @throws VpsException HOOK_UNREACHABLE
   */
  public <R> HookStream<R> open(HookRequest<R> request) {
    try {
      SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        connection.connect(UnixDomainSocketAddress.of(socket));
        FrameChannel channel = new FrameChannel(connection);
        channel.writeJson(FrameKind.REQUEST, request);
        return new HookStream<>(channel, request.replyType());
      } catch (IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  static VpsException unreachable(IOException cause) {
    return new VpsException(
        Code.HOOK_UNREACHABLE,
        "the hook does not answer",
        String.valueOf(cause.getMessage()),
        "See whether letargo-hook runs; what it was doing goes on or is rolled back when it starts.",
        cause);
  }
}
