package org.letargo.hook.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HookServerTest {
  private static final VpsName WEB1 = new VpsName("web1");
  private static final HookRequest.AttachConsole CONSOLE =
      new HookRequest.AttachConsole(WEB1, new TerminalSize(24, 80));

  @TempDir Path dir;
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  private HookServer server;

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void answersWithTheResult() throws IOException {
    HookClient client = serving((_, _) -> new VpsList(List.of()));

    assertThat(client.call(new HookRequest.ListVps())).isEqualTo(new VpsList(List.of()));
  }

  @Test
  void answersWithTheFailureThatWasThrown() throws IOException {
    HookClient client =
        serving((_, _) -> {
          throw VpsException.notFound(WEB1);
        });

    VpsException failed = failure(client, new HookRequest.FindVps(WEB1));

    assertThat(Failure.of(failed)).isEqualTo(Failure.of(VpsException.notFound(WEB1)));
  }

  @Test
  void turnsAFaultIntoInternalAndWarns() throws Exception {
    HookClient client =
        serving((_, _) -> {
          throw new IllegalStateException("oops");
        });

    VpsException failed = failure(client, new HookRequest.FindVps(WEB1));

    assertThat(failed.code()).isEqualTo(Code.INTERNAL);
    assertThat(warnings.poll(10, TimeUnit.SECONDS))
        .isEqualTo("FindVps failed: java.lang.IllegalStateException: oops");
  }

  @Test
  void cutsOffWhoIsNotAllowed() throws Exception {
    HookClient client = serving(Set.of("nobody-else"), (_, _) -> new VpsList(List.of()));

    assertThat(failure(client, new HookRequest.ListVps()).code()).isEqualTo(Code.HOOK_UNREACHABLE);
    assertThat(warnings.poll(10, TimeUnit.SECONDS))
        .isEqualTo("user " + System.getProperty("user.name") + " connected and was cut off");
  }

  @Test
  void neverWaitsForACallerThatDoesNotReadItsProgress() throws Exception {
    CountDownLatch allSaid = new CountDownLatch(1);
    HookClient client =
        serving((_, exchange) -> {
          for (int i = 0; i < 100_000; i++) {
            exchange.progress(new Progress("dump", i, 100_000, i / 1000));
          }
          allSaid.countDown();
          return new Done();
        });

    try (var stream = client.open(new HookRequest.DestroyVps(OperationId.create(), WEB1))) {
      assertThat(allSaid.await(20, TimeUnit.SECONDS)).isTrue();

      List<Progress> heard = new ArrayList<>();
      stream.await(heard::add);
      assertThat(heard.getLast()).isEqualTo(new Progress("dump", 99_999, 100_000, 99));
    }
  }

  @Test
  void tellsWhyItTakesNoMoreInput() throws IOException {
    HookClient client =
        serving((_, exchange) -> {
          try {
            exchange.input().read();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          throw new VpsException(Code.ARCHIVE_REFUSED, "refused", "it is none", "");
        });

    try (var stream =
        client.open(new HookRequest.ImportVps(OperationId.create(), Optional.empty()))) {
      byte[] block = new byte[64 << 10];
      catchThrowableOfType(
          IOException.class,
          () -> {
            for (int i = 0; i < 1000; i++) {
              stream.input().write(block);
            }
          });

      VpsException failed = catchThrowableOfType(VpsException.class, stream::next);
      assertThat(failed.code()).isEqualTo(Code.ARCHIVE_REFUSED);
    }
  }

  @Test
  void tellsTheHandlerThatItsCallerHungUp() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    BlockingQueue<String> inputEnded = new LinkedBlockingQueue<>();
    HookClient client =
        serving((_, exchange) -> {
          exchange.onHangUp(hungUp::countDown);
          try {
            exchange.input().readAllBytes();
            inputEnded.add("regularly");
          } catch (IOException e) {
            inputEnded.add(e.getMessage());
          }
          return new Done();
        });

    try (var stream = client.open(CONSOLE)) {
      stream.input().write(1);
    }

    assertThat(hungUp.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(inputEnded.poll(10, TimeUnit.SECONDS))
        .isEqualTo("the caller hung up before its input ended");
  }

  @Test
  void keepsASizeThatCameBeforeItsListener() throws IOException {
    HookClient client =
        serving((_, exchange) -> {
          try {
            exchange.input().readAllBytes(); // the size is sent before the end of the input
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          exchange.onResize(size -> exchange.progress(Progress.phase(size.toString(), 0)));
          return new Done();
        });
    List<Progress> heard = new ArrayList<>();

    try (var stream = client.open(CONSOLE)) {
      stream.resize(new TerminalSize(50, 132));
      stream.input().close();
      stream.await(heard::add);
    }

    assertThat(heard).containsExactly(Progress.phase("TerminalSize[rows=50, columns=132]", 0));
  }

  @Test
  void doesNotCallItAHangUpWhenTheAnsweredCallerCloses() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    HookClient client =
        serving((_, exchange) -> {
          exchange.onHangUp(hungUp::countDown);
          return new Done();
        });

    for (int i = 0; i < 50; i++) {
      client.call(CONSOLE);
    }

    assertThat(hungUp.getCount()).isEqualTo(1);
    assertThat(warnings).isEmpty();
  }

  @Test
  void refusesRequestsThatItDoesNotUnderstand() throws IOException {
    serving((_, _) -> new Done());

    assertThat(answerTo("{\"request\":\"FormatDisk\"}")).contains("INVALID_REQUEST", "FormatDisk");
    assertThat(answerTo("{\"request\":\"FindVps\"}")).contains("INVALID_REQUEST", "name");
    assertThat(answerTo("{\"request\":\"FindVps\",\"name\":\"../etc\"}"))
        .contains("INVALID_REQUEST", "'../etc'");
    assertThat(answerTo("{\"request\":\"FindVps\",\"name\":\"web1\",\"path\":\"/\"}"))
        .contains("INVALID_REQUEST", "path");
    assertThat(answerTo("{")).contains("INVALID_REQUEST");
  }

  @Test
  void givesUpOnAHookThatDoesNotAnswerAQuestion() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    serving((_, _) -> {
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Done();
    });
    HookClient impatient = new HookClient(socket(), Duration.ofMillis(50));

    VpsException late = failure(impatient, new HookRequest.ListVps());
    never.countDown();

    assertThat(late.code()).isEqualTo(Code.HOOK_UNREACHABLE);
    assertThat(late.why()).isEqualTo("ListVps was not answered within 50 ms");
  }

  @Test
  void cutsOffConnectionsBeyondItsLimit() throws Exception {
    HookClient client = serving((_, _) -> new VpsList(List.of()));
    List<SocketChannel> idle = new ArrayList<>();
    try {
      for (int i = 0; i < HookServer.MAX_CONNECTIONS; i++) {
        idle.add(SocketChannel.open(UnixDomainSocketAddress.of(socket())));
      }

      assertThat(failure(client, new HookRequest.ListVps()).code())
          .isEqualTo(Code.HOOK_UNREACHABLE);
      assertThat(warnings.poll(10, TimeUnit.SECONDS))
          .isEqualTo("a connection beyond 512 was cut off");
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
    await().ignoreExceptions().until(() -> client.call(new HookRequest.ListVps()) != null);
  }

  @Test
  @Timeout(60)
  void leavesCallersToTheNextServerOnItsSocket() throws Exception {
    HookClient client = serving((_, _) -> new VpsList(List.of()));
    client.call(new HookRequest.ListVps());

    server.stop();

    try (SocketChannel waiting = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      waiting.configureBlocking(false);
      assertThat(waiting.read(ByteBuffer.allocate(1))).isZero();

      server.close();
    }
    assertThatThrownBy(() -> SocketChannel.open(UnixDomainSocketAddress.of(socket())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection refused");
  }

  @Test
  void saysThatNobodyListens() {
    VpsException failed = failure(new HookClient(socket()), new HookRequest.ListVps());

    assertThat(failed.code()).isEqualTo(Code.HOOK_UNREACHABLE);
  }

  private Path socket() {
    return dir.resolve("hook.sock");
  }

  private HookClient serving(BiFunction<HookRequest<?>, HookExchange, Object> handler)
      throws IOException {
    return serving(Set.of(System.getProperty("user.name")), handler);
  }

  private HookClient serving(
      Set<String> users, BiFunction<HookRequest<?>, HookExchange, Object> handler)
      throws IOException {
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(socket()), 1024);
    HookHandler typed =
        new HookHandler() {
          @Override
          public <R> R handle(HookRequest<R> request, HookExchange exchange) {
            return request.replyType().cast(handler.apply(request, exchange));
          }
        };
    server = new HookServer(listening, users, typed, warnings::add);
    return new HookClient(socket());
  }

  private String answerTo(String json) throws IOException {
    try (FrameChannel channel =
        new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(socket())))) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      channel.write(FrameKind.REQUEST, bytes, 0, bytes.length);
      FrameChannel.Frame answer = channel.read();
      assertThat(answer.kind()).isEqualTo(FrameKind.FAILURE);
      return StandardCharsets.UTF_8.decode(ByteBuffer.wrap(answer.payload())).toString();
    }
  }

  private static VpsException failure(HookClient client, HookRequest<?> request) {
    return catchThrowableOfType(VpsException.class, () -> client.call(request));
  }
}
