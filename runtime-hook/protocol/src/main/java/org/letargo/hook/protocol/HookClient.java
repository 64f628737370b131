package org.letargo.hook.protocol;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the hook. Each request is a connection of its own, so a slow one holds up nobody; every
 * method blocks and is meant for virtual threads. Holds nothing open between requests.
 */
public final class HookClient {
  /** How long {@link #call} waits for the answer to a question; a change may take its time. */
  public static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(30);

  private final Path socket;
  private final Duration questionTimeout;

  public HookClient(Path socket) {
    this(socket, QUESTION_TIMEOUT);
  }

  HookClient(Path socket, Duration questionTimeout) {
    this.socket = socket;
    this.questionTimeout = questionTimeout;
  }

  /**
   * Asks and waits for the answer: without limit for a {@link HookRequest.Change}, for {@link
   * #QUESTION_TIMEOUT} else.
   *
   * @throws VpsException what the hook failed with, or HOOK_UNREACHABLE
   */
  public <R> R call(HookRequest<R> request, ProgressListener progress) {
    try (HookStream<R> stream = open(request)) {
      if (request instanceof HookRequest.Change<R>) {
        return stream.await(progress);
      }
      return awaitInTime(request, stream);
    }
  }

  private <R> R awaitInTime(HookRequest<R> request, HookStream<R> stream) {
    CountDownLatch answered = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    Thread.ofVirtual()
        .name("hook-timeout")
        .start(() -> {
          if (!within(questionTimeout, answered)) {
            late.countDown();
            stream.close();
          }
        });
    try {
      return stream.await(ProgressListener.NONE);
    } catch (VpsException e) {
      if (late.getCount() == 0) {
        String what = request.getClass().getSimpleName();
        throw unreachable(
            new IOException(
                what + " was not answered within " + questionTimeout.toMillis() + " ms"));
      }
      throw e;
    } finally {
      answered.countDown();
    }
  }

  private static boolean within(Duration timeout, CountDownLatch latch) {
    try {
      return latch.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** {@link #call(HookRequest, ProgressListener)} without progress. */
  public <R> R call(HookRequest<R> request) {
    return call(request, ProgressListener.NONE);
  }

  /**
   * Asks and returns the stream of what comes back; the caller closes it.
   *
   * @throws VpsException HOOK_UNREACHABLE; the request was not sent, or not whole, then
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
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(),
        "See whether letargo-hook runs; what it was doing goes on or is rolled back when it starts.",
        cause);
  }
}
